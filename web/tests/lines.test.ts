import { expect, test } from "vitest";
import { along, type Point } from "../src/map/lines";

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

test("one lamp is no road", () => {
  expect(along([[117, 36.65]])).toEqual([]);
});
