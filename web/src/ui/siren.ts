/** The wall's sound: two short tones again and again. Browsers let a page sound only after somebody has touched it. */

import { signal } from "@preact/signals";

/** Whether the browser lets this page sound. */
export const audible = signal(false);

const EVERY_MS = 2000;
const TONES_HZ = [880, 660] as const;
const TONE_S = 0.25;
const LOUDNESS = 0.2;

let context: AudioContext | null = null;

/** Ask the browser for sound; only within a click or a key press is it given. */
export async function unmute(): Promise<void> {
  context ??= new AudioContext();
  context.onstatechange = () => {
    audible.value = context?.state === "running";
  };
  await context.resume();
  audible.value = context.state === "running";
}

/** Sound until the function that is returned is called. */
export function sound(): () => void {
  ring();
  const timer = setInterval(ring, EVERY_MS);
  return () => {
    clearInterval(timer);
  };
}

function ring(): void {
  if (context?.state !== "running") return;
  const loudness = new GainNode(context, { gain: LOUDNESS });
  loudness.connect(context.destination);
  for (const [n, frequency] of TONES_HZ.entries()) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(loudness);
    tone.start(context.currentTime + n * TONE_S);
    tone.stop(context.currentTime + (n + 1) * TONE_S);
    if (n === TONES_HZ.length - 1) {
      tone.onended = () => {
        loudness.disconnect();
      };
    }
  }
}
