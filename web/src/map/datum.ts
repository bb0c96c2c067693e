/**
 * WGS-84, which the register keeps, and GCJ-02, the offset datum of maps published in China. Degrees, longitude first.
 *
 * The official transformation is not public. This is the one that is commonly used: it meets the points that are published
 * for it to a few centimetres, and the way back ends within a millimetre of where the way there began. CGCS2000, the datum
 * of 天地图, is taken as WGS-84: they were equal to centimetres in 2000, and the plate has drifted by less than a metre.
 */

import type { Schemas } from "../api/client";
import type { Places } from "../api/places";
import type { Point } from "./lines";

export type Datum = Schemas["Datum"];

/** The Krasovsky 1940 ellipsoid that the offset is defined on: semi-major axis in metres, first eccentricity squared. */
const A = 6378245;
const EE = 0.006693421622965943;
const ROUNDS = 10;

/** The GCJ-02 position of a WGS-84 one; outside of China there is no offset. */
export function toGcj02([lon, lat]: Point): Point {
  if (!offset([lon, lat])) return [lon, lat];
  const [x, y] = [lon - 105, lat - 35];
  const root = 0.2 * Math.sqrt(Math.abs(x));
  const ripple = waves(x, [[20, 6], [20, 2]]);
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + root + ripple + waves(y, [[20, 1], [40, 1 / 3], [160, 1 / 12], [320, 1 / 30]]);
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + root / 2 + ripple + waves(x, [[20, 1], [40, 1 / 3], [150, 1 / 12], [300, 1 / 30]]);
  const phi = (lat * Math.PI) / 180;
  const shrink = 1 - EE * Math.sin(phi) ** 2;
  const metresNorth = ((A * (1 - EE)) / (shrink * Math.sqrt(shrink))) * (Math.PI / 180);
  const metresEast = (A / Math.sqrt(shrink)) * Math.cos(phi) * (Math.PI / 180);
  return [lon + east / metresEast, lat + north / metresNorth];
}

function waves(at: number, parts: readonly (readonly [height: number, pace: number])[]): number {
  return parts.reduce((sum, [height, pace]) => sum + (height * Math.sin(pace * Math.PI * at) * 2) / 3, 0);
}

/** The WGS-84 position of a GCJ-02 one: that which the way there brings back to it, by fixed-point iteration. */
export function fromGcj02([lon, lat]: Point): Point {
  let guess: Point = [lon, lat];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [seenLon, seenLat] = toGcj02(guess);
    guess = [guess[0] + lon - seenLon, guess[1] + lat - seenLat];
  }
  return guess;
}

/** The rectangle in which the offset is applied, as in the published implementations. */
function offset([lon, lat]: Point): boolean {
  return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;
}

/** How a position of the register is drawn above a map of this datum. */
export function onto(datum: Datum): (place: Point) => Point {
  return datum === "GCJ-02" ? toGcj02 : (place) => place;
}

/** The places of the register as they are drawn above a map of this datum. */
export function drawn(places: Places, datum: Datum): Places {
  if (datum !== "GCJ-02") return places;
  const moved = places.ids.map((_, n): Point | null => {
    const [lon, lat] = [places.lon[n], places.lat[n]];
    return lon == null || lat == null ? null : toGcj02([lon, lat]);
  });
  return { ...places, lon: moved.map((place) => place?.[0] ?? null), lat: moved.map((place) => place?.[1] ?? null) };
}
