import { expect, test } from "vitest";
import type { Published } from "../src/api/history";
import { byLevel, calendar, levelOf, moved, yearBefore } from "../src/pages/air-days";

const published = (period: string, value: number | null) => ({ period, measure: { value } }) as Published;

test("a calendar has twelve months, the last one up to yesterday, and no day left out", () => {
  const months = calendar([published("2026-02-28", 87)], "2026-03-03");
  expect(months.map(({ month }) => month)).toEqual([
    "2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03",
  ]);
  expect(months.map(({ cells }) => cells.length)).toEqual([30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 2]);
  expect(months[10]?.cells.at(-1)?.found?.measure.value).toBe(87);
  expect(months[11]?.cells.every(({ found }) => found === null)).toBe(true);
});

test("a leap year has its 29th of February", () => {
  expect(calendar([], "2028-03-01").find(({ month }) => month === "2028-02")?.cells).toHaveLength(29);
});

test("levels change above their bounds as HJ 633 has them", () => {
  expect([0, 50, 51, 100, 101, 150, 151, 200, 201, 300, 301].map(levelOf)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6]);
  expect([levelOf(null), levelOf(undefined)]).toEqual([0, 0]);
});

test("a day without an index is told from one that is not published yet and from one that never was", () => {
  const months = calendar([published("2026-02-27", 40), published("2026-03-01", null)], "2026-03-04");
  const { levels, awaited, unrecorded } = byLevel(months);
  expect([levels[1], levels[0], awaited]).toEqual([1, 1, 2]); // the 2nd and 3rd of March may still come
  expect(levels.reduce((a, b) => a + b) + awaited + unrecorded).toBe(months.flatMap(({ cells }) => cells).length);
  expect(months[10]?.cells.at(-1)).toEqual({ day: "2026-02-28", found: null, yet: false });
});

test("where nothing was ever published nothing is said to come", () => {
  expect(byLevel(calendar([], "2026-03-04")).awaited).toBe(0);
});

test("arrows lead through days and months, and stay inside the calendar", () => {
  const months = calendar([], "2026-04-01");
  expect(moved(months, "2026-03-31", "ArrowLeft")).toBe("2026-03-30");
  expect(moved(months, "2026-03-31", "ArrowRight")).toBe("2026-03-31");
  expect(moved(months, "2026-03-31", "ArrowUp")).toBe("2026-02-28");
  expect(moved(months, "2026-02-03", "ArrowDown")).toBe("2026-03-03");
  expect(moved(months, "2025-05-01", "ArrowUp")).toBe("2025-05-01");
  expect(moved(months, "2026-02-03", "Enter")).toBe("2026-02-03");
});

test("the history is asked for from the first day of the oldest month on, with a day to spare for the zone", () => {
  expect(Date.parse(yearBefore("2026-03-03"))).toBeLessThan(Date.parse("2025-04-01T00:00:00+08:00"));
});
