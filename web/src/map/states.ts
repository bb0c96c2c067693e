/** What the marks of a layer can say, and which of it is left out. */

import { COLOURS } from "../pages/water-class";
import { AQI_LEVELS, LOT_STEPS, NOTHING, ROAD_STEPS, SIGN_COLOURS, SPRING_LINES, UNKNOWN } from "./colours";
import { LAYERS, type Layer } from "./layers";

/** The name of a state within its layer, as the address has it, and its colour. */
export type State = readonly [name: string, colour: string];
/** What is left out: whole layers, as in `roads`, and states of one, as in `streetlight.l`. */
export type Hidden = ReadonlySet<string>;
/** How many marks of a layer say what. */
export type Tally = ReadonlyMap<string, number>;

const unknown: State = ["u", UNKNOWN];
const nothing: State = ["none", NOTHING];

/** What a lamp shows, in the legend's order. */
const LAMPS = ["l", "d", "b", "o", "u", "x"] as const;

/** The states of each layer in the order of the legend; no two of a layer have one colour. */
export const STATES: Record<Layer, readonly State[]> = {
  roads: [...ROAD_STEPS.map(([from, colour]): State => [String(from), colour]), unknown, nothing],
  streetlight: LAMPS.map((sign): State => [sign, SIGN_COLOURS[sign]]),
  air_station: [...AQI_LEVELS.map(({ key, colour }): State => [key.slice("aqi.".length), colour]), unknown],
  river_section: [...Object.values(COLOURS).map((colour, n): State => [String(n + 1), colour]), unknown],
  parking_lot: [...LOT_STEPS.map(([from, colour]): State => [String(from), colour]), unknown, nothing],
  spring_gauge: [...Object.entries(SPRING_LINES), unknown],
};

/** What a lamp shows that is neither wrong nor unknown. */
export const NORMAL: readonly string[] = ["l", "o", "x"].map((sign) => nameOf("streetlight", sign));

/** A state as it is named among all layers. */
export function nameOf(layer: Layer, state: string): string {
  return `${layer}.${state}`;
}

/** Whether a mark is left out: with its layer, or for what its colour says. */
export function hides(hidden: Hidden, layer: Layer, colour: string): boolean {
  return hidden.has(layer) || hidden.has(nameOf(layer, stateOf(layer, colour)));
}

/** What a colour says in a layer. */
export function stateOf(layer: Layer, colour: string): string {
  return STATES[layer].find(([, each]) => each === colour)?.[0] ?? "";
}

/** Count what marks say. */
export function tally(states: Iterable<string>): Tally {
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

/** Read what is left out from the address (`hide=roads+streetlight.l`). What no layer knows is nothing to leave out. */
export function hiddenOf(said: string | undefined): Hidden {
  return new Set((said ?? "").split(" ").filter((name) => ALL.has(name)));
}

const ALL: ReadonlySet<string> = new Set(
  (Object.keys(LAYERS) as Layer[]).flatMap((layer) => [layer, ...STATES[layer].map(([state]) => nameOf(layer, state))]),
);

/** The query of the address with what is left out, other parts of it kept; empty where nothing is left out. */
export function queryWith(query: string, hidden: Hidden): string {
  const all = new URLSearchParams(query);
  if (hidden.size > 0) all.set("hide", [...hidden].join(" "));
  else all.delete("hide");
  return all.size > 0 ? `?${all.toString()}` : "";
}

/** What is left out once each of `names` is, or none of them any more. */
export function leaveOut(hidden: Hidden, names: Iterable<string>, out: boolean): Hidden {
  const next = new Set(hidden);
  for (const name of names) {
    if (out) next.add(name);
    else next.delete(name);
  }
  return next;
}
