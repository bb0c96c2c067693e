/** Shapes of marks as signed distance fields, so that MapLibre colours and outlines them: colour is never the only sign. */

import type { Map as Chart } from "maplibre-gl";
import type { Shape } from "./colours";

const SIZE = 48;
const RADIUS = 16;
/** MapLibre reads an edge where alpha is three quarters, and eight pixels of distance in the whole range. */
const EDGE = 0.75;
const REACH = 8;

/** How far a point is outside of each shape, in pixels; negative inside. `x` and `y` from the middle, `y` downwards. */
const DISTANCE: Record<Shape, (x: number, y: number) => number> = {
  circle: (x, y) => Math.hypot(x, y) - RADIUS,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) - RADIUS * 0.85,
  diamond: (x, y) => (Math.abs(x) + Math.abs(y) - RADIUS * 1.2) / Math.SQRT2,
  triangle: (x, y) => Math.max(y - RADIUS * 0.8, (2 * Math.abs(x) - y - RADIUS * 1.1) / Math.sqrt(5)),
};

/** Give the map an image for every shape, by the shape's name. */
export function addShapes(map: Chart): void {
  for (const shape of Object.keys(DISTANCE) as Shape[]) {
    map.addImage(shape, { width: SIZE, height: SIZE, data: field(shape) }, { sdf: true, pixelRatio: 2 });
  }
}

function field(shape: Shape): Uint8ClampedArray {
  const data = new Uint8ClampedArray(4 * SIZE * SIZE);
  const middle = (SIZE - 1) / 2;
  for (let n = 0; n < SIZE * SIZE; n += 1) {
    const outside = DISTANCE[shape]((n % SIZE) - middle, Math.floor(n / SIZE) - middle);
    data[4 * n + 3] = 255 * (EDGE - outside / REACH);
  }
  return data;
}

/** The same shapes for the legend, in a box of ten by ten. */
export const OUTLINE: Record<Shape, string> = {
  circle: "M5 1a4 4 0 1 0 .01 0Z",
  square: "M1.5 1.5h7v7h-7Z",
  diamond: "M5 .3L9.7 5 5 9.7.3 5Z",
  triangle: "M5 .8L9.4 9H.6Z",
};
