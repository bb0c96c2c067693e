import { render, screen } from "@testing-library/preact";
import { expect, test } from "vitest";
import type { Measure } from "../src/api/client";
import { quantity } from "../src/format";
import { lang } from "../src/session";
import { figures } from "../src/pages/alerts";
import { Bar, Coverage, known, parts } from "../src/ui/measure";

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

test("coverage is told as a number with its word, and not where nothing could be covered", () => {
  lang.value = "zh";
  const { container } = render(<><Coverage measure={{ ...index, coverage: 0.982 }} /><Coverage measure={{ ...index, coverage: null }} /></>);
  expect(container.textContent).toBe("覆盖率 98.2 %");
});

test("an alert's figures stand beside its text where that does not tell them and there are any", () => {
  lang.value = "en";
  expect(figures({ text: "漏电", value: 120.456, limit: 100 })).toBe("(Now 120.46; Target 100)");
  expect(figures({ text: "电压过高", value: 300, limit: null })).toBe("(Now 300)");
  expect([figures({ text: "车辆已停 10.41 分钟", value: 10.41, limit: 5 }), figures({ text: "应亮未亮", value: 1, limit: 1 }), figures({ text: "跳闸", value: null, limit: null })]).toEqual(["", "", ""]);
});
