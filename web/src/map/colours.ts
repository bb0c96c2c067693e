/** Colours of the map. Signs differ in lightness too, and the legend names each. */

import type { Measure } from "../api/client";
import { COLOURS } from "../pages/water";

export const SIGN_COLOURS: Record<string, string> = {
  l: "#f5b301",
  d: "#c1121f",
  b: "#e76f51",
  o: "#5b6b7f",
  f: "#2a9d8f",
  u: "#9b5de5",
  x: "#b0b7c0",
};
export const UNKNOWN = SIGN_COLOURS["u"] ?? "";

/** From which light-on rate on a road has which colour, best first. */
export const ROAD_STEPS: readonly (readonly [number, string])[] = [
  [98, "#2e9e4f"],
  [96, "#e8c400"],
  [80, "#f08a00"],
  [0, "#c1121f"],
];

/** The colour of a road by its light-on rate: at the plan's 98 and 96 %, and well below. */
export function rateColour(measure: Measure | undefined): string {
  if (measure?.value == null || measure.denominator === 0) return "#7d8a99";
  if (measure.unknown > 0.5 * measure.denominator) return UNKNOWN;
  const { value } = measure;
  return ROAD_STEPS.find(([from]) => value >= from)?.[1] ?? UNKNOWN;
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
