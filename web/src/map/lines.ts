/** Lines of roads and rivers, drawn through the places of what stands along them: the register's own geometry. */

export type Point = readonly [lon: number, lat: number];

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
  const usual = [...steps].sort((a, b) => a - b)[steps.length >> 1] ?? 0;
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
