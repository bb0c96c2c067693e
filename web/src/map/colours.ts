/** Colours of the map by what a standard or the plan says of them. Each kind has a shape of its own besides. */

import type { Measure } from "../api/client";
import type { Key } from "../i18n";
import { COLOURS } from "../pages/water-class";

export type Shape = "circle" | "hexagon" | "square" | "diamond" | "triangle";

export const SIGN_COLOURS = {
  l: "#f5b301",
  d: "#c1121f",
  b: "#e76f51",
  o: "#5b6b7f",
  f: "#2a9d8f",
  u: "#9b5de5",
  x: "#b0b7c0",
} as const;
export const UNKNOWN: string = SIGN_COLOURS.u;
/** Where there is nothing that a figure could be of: no lamp that should burn, no bay in service. */
export const NOTHING = "#7d8a99";
/** The rim of every mark. */
export const EDGE = "#20262e";

type Steps = readonly (readonly [from: number, colour: string])[];

/** From which light-on rate on a road has which colour, best first. */
export const ROAD_STEPS: Steps = [
  [98, "#2e9e4f"],
  [96, "#e8c400"],
  [80, "#f08a00"],
  [0, "#c1121f"],
];

/** From which occupancy on a car park has which colour, fullest first (our choice). */
export const LOT_STEPS: Steps = [
  [95, "#c1121f"],
  [85, "#f08a00"],
  [60, "#e8c400"],
  [0, "#2e9e4f"],
];

/** The levels of HJ 633 with their colours, for the legend; a station's own colour comes with its measure. */
export const AQI_LEVELS: readonly { key: Key; colour: string }[] = [
  { key: "aqi.1", colour: "rgb(0,228,0)" },
  { key: "aqi.2", colour: "rgb(255,255,0)" },
  { key: "aqi.3", colour: "rgb(255,126,0)" },
  { key: "aqi.4", colour: "rgb(255,0,0)" },
  { key: "aqi.5", colour: "rgb(153,0,76)" },
  { key: "aqi.6", colour: "rgb(126,0,35)" },
];

/** The lines of a spring, from those it is above to the lowest that it is below. */
export const SPRING_LINES: Record<"above" | "yellow" | "orange" | "red", string> = {
  above: "#2e9e4f",
  yellow: "#e8c400",
  orange: "#f08a00",
  red: "#d62828",
};

/** The colour of a road by its light-on rate: at the plan's 98 and 96 %, and well below. */
export function rateColour(measure: Measure | undefined): string {
  return stepColour(measure, ROAD_STEPS);
}

export function lotColour(measure: Measure | undefined): string {
  return stepColour(measure, LOT_STEPS);
}

function stepColour(measure: Measure | undefined, steps: Steps): string {
  if (measure?.denominator === 0) return NOTHING;
  if (measure?.value == null || measure.unknown > 0.5 * measure.denominator) return UNKNOWN;
  const { value } = measure;
  return steps.find(([from]) => value >= from)?.[1] ?? UNKNOWN;
}

/** The colour that HJ 633 gives to a station's level. */
export function aqiColour(measure: Measure | undefined): string {
  const grade = measure?.detail["grade"] as { rgb: number[] } | null | undefined;
  return grade ? `rgb(${grade.rgb.join(",")})` : UNKNOWN;
}

/** The colour of a section's class. */
export function sectionColour(measure: Measure | undefined): string {
  const name = (measure?.detail["section"] as { class_name?: string } | undefined)?.class_name;
  return (name !== undefined && COLOURS[name]) || UNKNOWN;
}

/** Red, green and blue from 0 to 1 of `#rrggbb` or `rgb(r,g,b)`. */
export function rgb(colour: string): number[] {
  const parts = colour.startsWith("#") ? [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) : colour.slice(4, -1).split(",").map(Number);
  return parts.map((part) => part / 255);
}

type Gauge = { device: string; level: number | null; lines: object; below: "yellow" | "orange" | "red" | null };

/** The colours of spring gauges by the lowest line that the level is below; without lines or a level nothing is known. */
export function springColours(measures: readonly Measure[]): ReadonlyMap<string, string> {
  const gauges = measures.flatMap((each) => (each.detail["points"] as Gauge[] | undefined) ?? []);
  return new Map(
    gauges.map(({ device, level, lines, below }) => {
      const known = level !== null && Object.keys(lines).length > 0;
      return [device, known ? SPRING_LINES[below ?? "above"] : UNKNOWN];
    }),
  );
}
