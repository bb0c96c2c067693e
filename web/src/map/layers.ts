/** The layers of the map in the order of the legend, with the shape of their marks. */

import type { Shape } from "./colours";

export const LAYERS = {
  roads: { shape: "line" },
  streetlight: { shape: "circle" },
  air_station: { shape: "hexagon" },
  river_section: { shape: "diamond" },
  parking_lot: { shape: "square" },
  spring_gauge: { shape: "triangle" },
} as const satisfies Record<string, { shape: Shape | "line" }>;

export type Layer = keyof typeof LAYERS;
/** Kinds of which each device has a mark of its own at every zoom. */
export type SpotKind = Exclude<Layer, "roads" | "streetlight">;
