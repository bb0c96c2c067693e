import { render, screen } from "@testing-library/preact";
import { expect, test } from "vitest";
import type { Measure } from "../src/api/client";
import { quantity } from "../src/format";
import { lang } from "../src/session";
import { Bar, known, parts } from "../src/ui/measure";

const counted = { unit: "{underpass}", value: 1, numerator: 1, denominator: 1, unknown: 0 } as Measure;
const index = { unit: "1", value: 72, numerator: 9, denominator: 12, unknown: 3 } as Measure;

test("a count that has reached one of twenty-five is a twenty-fifth of the bar, not all of it", () => {
  expect(parts(counted, 25)).toEqual({ good: 4, open: 0, of: "limit" });
  lang.value = "zh";
  render(<Bar measure={counted} limit={25} />);
  expect(screen.getByRole("img").getAttribute("aria-label")).toContain("已达目标的 4 %");
});

test("what is unknown of a count may still be found, and nothing grows beyond the limit", () => {
  expect(parts({ ...counted, value: 20, unknown: 10 }, 25)).toEqual({ good: 80, open: 20, of: "limit" });
  expect(parts({ ...counted, value: 30 }, 25)).toEqual({ good: 100, open: 0, of: "limit" });
  expect(parts({ ...counted, value: null }, 25)).toEqual({ good: 0, open: 0, of: "limit" });
});

test("an index is neither good nor bad by how many stations are known", () => {
  expect(parts(index)).toEqual({ good: 75, open: 25, of: "coverage" });
  const { container } = render(<Bar measure={index} />);
  expect(container.querySelector(".good")).toBeNull();
});

test("a share of bays taken is no merit and no fault", () => {
  const taken = { indicator: "parking_occupancy", unit: "%", value: 75, numerator: 3, denominator: 4, unknown: 0 } as Measure;
  expect(parts(taken)).toEqual({ good: 75, open: 0, of: "part" });
  const { container } = render(<Bar measure={taken} />);
  expect([container.querySelector(".good"), container.querySelector(".against")]).toEqual([null, null]);
});

test("nothing counted has no bar", () => {
  expect(parts({ ...index, denominator: 0 })).toBeNull();
});

test("counted things are named in the number that they have", () => {
  lang.value = "en";
  expect(quantity(1, "{underpass}")).toBe("1 underpass");
  expect(quantity(25, "{facility}")).toBe("25 facilities");
  expect(quantity(2, "mA")).toBe("2 mA");
  lang.value = "zh";
  expect(quantity(25, "{underpass}")).toBe("25 处");
});

test("of a share that nothing is known of no nought is shown, of one with a single known lamp it is", () => {
  expect(known({ value: 0, coverage: 0 })).toBeNull();
  expect(known({ value: 0, coverage: 0.01 })).toBe(0);
  expect(known({ value: 3, coverage: null })).toBe(3);
});
