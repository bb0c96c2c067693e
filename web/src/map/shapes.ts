/** The shapes of marks: colour is never the only sign. */

import type { Shape } from "./colours";

/** How far `at` is outside of each shape, in GLSL; negative inside. In radii from the middle, y downwards. */
export const DISTANCE: Record<Shape, string> = {
  circle: "length(at) - 1.0",
  hexagon: "max(abs(at.x) * 0.866 + abs(at.y) * 0.5, abs(at.y)) - 0.95",
  square: "max(abs(at.x), abs(at.y)) - 0.85",
  diamond: "(abs(at.x) + abs(at.y) - 1.2) * inversesqrt(2.0)",
  triangle: "max(at.y - 0.8, (2.0 * abs(at.x) - at.y - 1.1) * inversesqrt(5.0))",
};
export const SHAPES = Object.keys(DISTANCE) as Shape[];
/** How far the farthest of them reaches, in radii. */
export const REACH = 1.2;

/** The same shapes for the legend, in a box of ten by ten. */
export const OUTLINE: Record<Shape, string> = {
  circle: "M5 1a4 4 0 1 0 .01 0Z",
  hexagon: "M2.5 1h5L9.9 5 7.5 9h-5L.1 5Z",
  square: "M1.5 1.5h7v7h-7Z",
  diamond: "M5 .3L9.7 5 5 9.7.3 5Z",
  triangle: "M5 .8L9.4 9H.6Z",
};
