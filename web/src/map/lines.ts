/** Lines of roads and rivers, drawn through the places of what stands along them: the register's own geometry. */

import type { Places } from "../api/places";

export type Point = readonly [lon: number, lat: number];
export type Road = { name: string; lines: Point[][] };

/** A line may pass so far beside the middle of its road. */
const BESIDE_M = 10;
/** So many lamps before and behind a place on a road have their middle there, at its ends fewer. */
const AROUND = 2;
const METRES_PER_DEGREE = 111_320;

/** The roads that devices stand along, each as the lines of its middle. */
export function roadsOf(places: Places): Road[] {
  const points = places.groups.map((): Point[] => []);
  places.group.forEach((group, n) => {
    const [lon, lat] = [places.lon[n], places.lat[n]];
    if (group !== null && lon != null && lat != null) points[group]?.push([lon, lat]);
  });
  return places.groups.map((name, n) => ({ name, lines: along(points[n] ?? []).map(middle) }));
}

/** Web Mercator, the world one wide, from its north-west corner. */
export function mercator([lon, lat]: Point): Point {
  return [0.5 + lon / 360, 0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)];
}

/** The middle between the lamps on both sides of a road, with few points where it runs straight: a map draws it often. */
export function middle(line: readonly Point[]): Point[] {
  const means = line.slice(1).map((_, before) => {
    const around = Math.min(AROUND, before + 1, line.length - 1 - before);
    return mean(line.slice(before + 1 - around, before + 1 + around));
  });
  return fewer(means);
}

/** Douglas and Peucker: a point stays only where the line without it would pass too far beside it. */
function fewer(line: readonly Point[]): Point[] {
  const [first, last] = [line[0], line.at(-1)];
  if (!first || !last || line.length < 3) return [...line];
  let [farthest, most] = [0, BESIDE_M];
  line.forEach((point, n) => {
    const distance = beside(point, first, last);
    if (distance > most) [farthest, most] = [n, distance];
  });
  if (farthest === 0) return [first, last];
  return [...fewer(line.slice(0, farthest + 1)).slice(0, -1), ...fewer(line.slice(farthest))];
}

/** How far a point is from the stretch between two others, in metres. */
function beside(point: Point, from: Point, to: Point): number {
  const shrink = Math.cos((point[1] * Math.PI) / 180);
  const metres = ([lon, lat]: Point): Point => [(lon - from[0]) * shrink * METRES_PER_DEGREE, (lat - from[1]) * METRES_PER_DEGREE];
  const [[x, y], [tx, ty]] = [metres(point), metres(to)];
  const share = Math.min(Math.max((x * tx + y * ty) / (tx * tx + ty * ty || 1), 0), 1);
  return Math.hypot(x - share * tx, y - share * ty);
}

/** A gap between neighbours that is this many times the usual one breaks the line. */
const GAP = 8;

/** Order points along the direction in which they spread most, and cut where there is nothing between. */
export function along(points: readonly Point[]): Point[][] {
  if (points.length < 2) return [];
  const [x, y] = mean(points);
  const shrink = Math.cos((y * Math.PI) / 180);
  let [xx, xy, yy] = [0, 0, 0];
  for (const [lon, lat] of points) {
    const [dx, dy] = [(lon - x) * shrink, lat - y];
    [xx, xy, yy] = [xx + dx * dx, xy + dx * dy, yy + dy * dy];
  }
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  const [ux, uy] = [Math.cos(angle), Math.sin(angle)];
  const place = ([lon, lat]: Point) => (lon - x) * shrink * ux + (lat - y) * uy;
  return cut([...points].sort((a, b) => place(a) - place(b)), place);
}

function cut(ordered: readonly Point[], place: (point: Point) => number): Point[][] {
  const steps = ordered.slice(1).map((point, n) => place(point) - place(ordered[n] ?? point));
  const usual = [...steps].sort((a, b) => a - b)[(steps.length * 3) >> 2] ?? 0; // where lamps stand in pairs, each other step is none
  const lines: Point[][] = [];
  let line: Point[] = [];
  ordered.forEach((point, n) => {
    if (n > 0 && usual > 0 && (steps[n - 1] ?? 0) > GAP * usual) {
      lines.push(line);
      line = [];
    }
    line.push(point);
  });
  lines.push(line);
  return lines.filter((each) => each.length > 1);
}

function mean(points: readonly Point[]): Point {
  const sum = points.reduce(([x, y], [lon, lat]): [number, number] => [x + lon, y + lat], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}
