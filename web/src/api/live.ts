/** The event stream: one connection for the whole page, resumed after a cut by the id of the last event. */

import { signal } from "@preact/signals";

export type Link = "connecting" | "live" | "lost";
export type LiveEvent = { type: string; at: string; data: Record<string, unknown> };
type Listener = (event: LiveEvent) => void;

/** What changes an alert, or whether people are told of it. */
export const ALERT_EVENTS = [
  ...(["alert.raised", "alert.worsened", "alert.eased", "alert.acknowledged", "alert.lapsed", "alert.shelved"] as const),
  ...(["alert.unshelved", "alert.lost", "alert.seen", "alert.inhibited", "alert.released", "alert.silenced"] as const),
  ...(["alert.recovered", "alert.corrected", "alert.flood"] as const),
];
const TYPES = [
  "target.verdict",
  "indicator.measure",
  ...ALERT_EVENTS,
  "incident.changed",
  "gateway.status",
  "cabinet.event",
  "register.changed",
  "lighting.changed",
  "clock.changed",
] as const;
const RETRY_MS = 3000;

/** Whether the stream is up, and since when it is down (wall clock, ms). */
export const link = signal<Link>("connecting");
export const lostSince = signal<number | null>(null);

/** Say whether the service answered just now. A stream that hangs looks alive; a question that is not answered tells. */
export function heard(answered: boolean): void {
  if (!answered) lostSince.value ??= Date.now();
  else if (link.value !== "lost") lostSince.value = null;
}

const listeners = new Map<string, Set<Listener>>();
let source: EventSource | null = null;
let lastId = "";
let again = false;

/** Call `listener` for each event of these types, `reset` included; returns what ends it. */
export function follow(types: readonly string[], listener: Listener): () => void {
  for (const type of types) {
    const known = listeners.get(type) ?? new Set();
    listeners.set(type, known.add(listener));
  }
  return () => {
    for (const type of types) listeners.get(type)?.delete(listener);
  };
}

/** Open the stream; a second call changes nothing. */
export function connect(): void {
  if (source !== null) return;
  /** Opened again by us, and no event has told where the last one stood: what came in between is not known. */
  let gap = again && lastId === "";
  again = true;
  const stream = new EventSource(lastId ? `/api/v1/events?last_event_id=${lastId}` : "/api/v1/events");
  source = stream;
  stream.onopen = () => {
    link.value = "live";
    lostSince.value = null;
    if (gap) tell({ type: "reset", at: "", data: {} });
    gap = false;
  };
  stream.onerror = () => {
    link.value = "lost";
    lostSince.value ??= Date.now();
    if (stream.readyState === EventSource.CLOSED) {
      // The browser gives up after an answer that is no stream (a proxy's error page, an ended session).
      source = null;
      setTimeout(connect, RETRY_MS);
    }
  };
  for (const type of [...TYPES, "reset"]) {
    stream.addEventListener(type, (message: MessageEvent<string>) => {
      lastId = message.lastEventId || lastId;
      const body = JSON.parse(message.data) as Omit<LiveEvent, "type">;
      tell({ ...body, type });
    });
  }
}

function tell(event: LiveEvent): void {
  for (const listener of listeners.get(event.type) ?? []) listener(event);
}

/** Close the stream, as on logging out. */
export function disconnect(): void {
  source?.close();
  source = null;
  again = false;
  link.value = "connecting";
}
