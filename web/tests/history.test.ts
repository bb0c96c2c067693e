import { expect, test } from "vitest";
import { ends, path } from "../src/ui/history";

test("a line goes from left to right, low at the bottom", () => {
  expect(path([0, 10], 0, 10)).toBe("M0.0 24.0L100.0 0.0");
});

test("where nothing was published there is a gap, never a bridge", () => {
  expect(path([1, null, 3, 3], 1, 3)).toBe("M0.0 24.0M66.7 0.0L100.0 0.0");
});

test("equal values are a level line", () => {
  expect(path([5, 5], 5, 5)).toBe("M0.0 24.0L100.0 24.0");
});

test("the axis of a share ends at the whole, and begins below its values and its limit", () => {
  const { min, max } = ends(98);
  expect([min({ min: 100, max: 100 }), max({ min: 100, max: 100 })]).toEqual([80, 100]);
  expect([min({ min: 4, max: 99 }), max({ min: 4, max: 120 })]).toEqual([0, 120]);
  expect(ends(null).min({ min: 57, max: 60 })).toBe(40);
});
