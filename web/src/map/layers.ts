/** The layers of the map in the order of the legend: their ids in MapLibre, and the shape of their marks. */

import type { Shape } from "./colours";

type Drawn = { ids: readonly string[]; shape: Shape | "line" };

export const LAYERS = {
  roads: { ids: ["roads"], shape: "line" },
  streetlight: { ids: ["lamps"], shape: "circle" },
  air_station: { ids: ["stations"], shape: "circle" },
  river_section: { ids: ["sections"], shape: "diamond" },
  parking_lot: { ids: ["lots"], shape: "square" },
  spring_gauge: { ids: ["springs"], shape: "triangle" },
} as const satisfies Record<string, Drawn>;

export type Layer = keyof typeof LAYERS;

/** MapLibre's layers whose marks can be clicked: each mark is one device. Lamps say themselves what was hit. */
export const CLICKED: readonly string[] = ["stations", "sections", "lots", "springs"];
