import { expect, test } from "vitest";
import { along, middle, type Point } from "../src/map/lines";

test("a road is drawn from one end to the other, in whatever order its lamps are listed", () => {
  const road = Array.from({ length: 20 }, (_, n): Point => [117 + n * 0.0004, 36.65 + n * 0.0001]);
  const shuffled = [...road].sort((a, b) => Math.sin(a[0] * 1e5) - Math.sin(b[0] * 1e5));
  const [line] = along(shuffled);
  const ordered = line?.[0]?.[0] === 117 ? line : line?.toReversed();
  expect(ordered).toEqual(road);
});

test("a long stretch without lamps breaks the line", () => {
  const west = Array.from({ length: 10 }, (_, n): Point => [117 + n * 0.0004, 36.65]);
  const east = Array.from({ length: 10 }, (_, n): Point => [117.1 + n * 0.0004, 36.65]);
  expect(along([...west, ...east]).map((line) => line.length)).toEqual([10, 10]);
});

test("a road whose lamps stand in pairs is one line", () => {
  const pairs = Array.from({ length: 40 }, (_, n): Point => [117 + (n >> 1) * 0.0004, 36.65 + (n % 2 ? 0.0001 : -0.0001)]);
  expect(along(pairs).map((line) => line.length)).toEqual([40]);
  expect(along(pairs).map(middle)[0]).toHaveLength(2);
});

test("one lamp is no road", () => {
  expect(along([[117, 36.65]])).toEqual([]);
});

test("a straight road with lamps on both sides is one stretch in its middle", () => {
  const road = Array.from({ length: 60 }, (_, n): Point => [117 + n * 0.0002, 36.65 + (n % 2 ? 0.0001 : -0.0001)]);
  const line = middle(road);
  expect(line).toHaveLength(2);
  for (const [, lat] of line) expect(lat).toBeCloseTo(36.65, 4);
});

test("a bend stays where the road bends", () => {
  const road = Array.from({ length: 60 }, (_, n): Point => [117 + n * 0.0004, 36.65 + Math.abs(n - 30) * 0.0004]);
  const line = middle(road);
  expect(line.length).toBeLessThan(10);
  expect(line.some(([lon, lat]) => Math.hypot(lon - 117.012, lat - 36.65) < 0.0005)).toBe(true);
});
