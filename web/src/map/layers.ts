/** The layers of the map in the order of the legend: their ids in MapLibre, and the shape of their marks. */

import type { Shape } from "./colours";

type Drawn = { ids: readonly string[]; shape: Shape | "line" };

export const LAYERS = {
  roads: { ids: ["roads"], shape: "line" },
  streetlight: { ids: ["lamps", "lamps-groups"], shape: "circle" },
  air_station: { ids: ["stations"], shape: "circle" },
  river_section: { ids: ["sections"], shape: "diamond" },
  parking_lot: { ids: ["lots"], shape: "square" },
  spring_gauge: { ids: ["springs"], shape: "triangle" },
} as const satisfies Record<string, Drawn>;

export type Layer = keyof typeof LAYERS;

/** The layers whose marks can be clicked: each mark is one device. */
export const CLICKED: readonly string[] = ["lamps", "stations", "sections", "lots", "springs"];
