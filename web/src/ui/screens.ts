/** A page on the wall that is higher than the wall is shown screen by screen: nobody scrolls there. */

import { signal } from "@preact/signals";

const SCREEN_MS = 12_000;
/** The worst stands first: what is further down than this is counted, not shown. */
const MOST = 4;
/** So much of a screen is shown again on the next one, so that no line is cut in both. */
const AGAIN = 0.08;

/** Which screen of the page is shown, and how many it has. */
export const screen = signal({ shown: 1, of: 1 });

/** How many screens a page has whose content is `high`, on a wall that shows `seen` of it. */
export function screensOf(high: number, seen: number): number {
  const step = seen * (1 - AGAIN);
  return high <= seen ? 1 : 1 + Math.ceil((high - seen) / step);
}

/** Show a page screen by screen from its top, then call `over`; returns what ends it. */
export function showScreens(over: () => void): () => void {
  let shown = 1;
  window.scrollTo({ top: 0 });
  const look = () => {
    const seen = window.innerHeight - (document.querySelector(".wall-bar")?.getBoundingClientRect().height ?? 0);
    const foot = parseFloat(getComputedStyle(document.querySelector("main") ?? document.body).paddingBottom);
    screen.value = { shown, of: screensOf(document.documentElement.scrollHeight - foot, seen) };
    return seen * (1 - AGAIN);
  };
  const watch = new ResizeObserver(look);
  watch.observe(document.body);
  const timer = setInterval(() => {
    const step = look();
    if (shown >= Math.min(MOST, screen.value.of)) {
      over();
      return;
    }
    window.scrollTo({ top: shown * step });
    shown += 1;
    look();
  }, SCREEN_MS);
  return () => {
    watch.disconnect();
    clearInterval(timer);
  };
}
