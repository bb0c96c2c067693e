import { beforeEach, expect, test, vi } from "vitest";
import { caseState, caseTitle } from "../src/alerts";
import type { Measure } from "../src/api/client";
import { deviation } from "../src/pages/lighting-cabinets";
import { standing } from "../src/pages/parking-tides";
import { free } from "../src/pages/parking";
import { exceedances } from "../src/pages/water-items";
import { rivers } from "../src/pages/water-river";
import { lang } from "../src/session";

const section = (id: string, detail: object): Measure =>
  ({ indicator: "section_compliance", scope: `section:${id}`, detail }) as unknown as Measure;
const device = (id: string, river: string, order?: number) => ({
  id, name: id, attributes: { river, ...(order === undefined ? {} : { river_order: order }) },
});

beforeEach(() => {
  lang.value = "en";
});

test("sections stand in the order of the river, and an order that is not registered is not made up", () => {
  const measures = ["b", "a", "x", "y"].map((id) => section(id, {}));
  const found = rivers([device("b", "小清河", 2), device("a", "小清河", 1), device("x", "徒骇河", 1), device("y", "徒骇河"), device("silent", "黄河", 1)], measures);
  const names = Object.fromEntries(found.map(({ river, points, ordered }) => [river, { ids: points.map(({ id }) => id), ordered }]));
  expect(names).toEqual({ "小清河": { ids: ["a", "b"], ordered: true }, "徒骇河": { ids: ["x", "y"], ordered: false } });
});

test("items over the limit come worst first, now and by the month", () => {
  const over = (over_target: object) => ({ section: { over_target, values: { tp: 0.3, nh3n: 2 }, target_name: "Ⅲ" } });
  const measures = [
    section("a", { ...over({ tp: 0.5, nh3n: 1 }), month_closed: over({ codmn: 0.1 }) }),
    section("b", over({ tp: 2, do: 0 })),
    section("c", {}),
  ];
  expect(exceedances(measures, "now").map((each) => [each.measure.scope, each.item, each.multiple, each.value])).toEqual([
    ["section:b", "tp", 2, 0.3],
    ["section:a", "nh3n", 1, 2],
    ["section:a", "tp", 0.5, 0.3],
  ]);
  expect(exceedances(measures, "month_closed").map((each) => each.item)).toEqual(["codmn"]);
});

test("an hour stands against the quartiles, and against nothing where they are not known", () => {
  expect(standing({ value: 80, low: 40, high: 60 })).toBe("above");
  expect(standing({ value: 30, low: 40, high: 60 })).toBe("below");
  expect(standing({ value: 60, low: 40, high: 60 })).toBe("within");
  expect(standing({ value: 60, low: null, high: null })).toBeNull();
  expect(standing({ value: null, low: 40, high: 60 })).toBeNull();
});

test("a space of which nothing is known is not free", () => {
  expect(free({ numerator: 60, denominator: 100, unknown: 15 } as Measure)).toBe(25);
  expect(free({ numerator: 100, denominator: 100, unknown: 0 } as Measure)).toBe(0);
});

test("a switching is early, late or on time, and an unknown one says nothing", () => {
  expect([deviation(-120), deviation(90), deviation(10), deviation(null)]).toEqual(["2 min early", "1.5 min late", "on time", ""]);
});

test("a case file that an alert opened is called in the page's language, one that a person opened as they did", async () => {
  const opened = (title: string, origin = "alert") => caseTitle({ title, origin });
  await vi.waitFor(() => { expect(opened("断路器跳闸 经十路 2 号照明配电箱")).toBe("Circuit breaker tripped: 经十路 2 号照明配电箱"); });
  expect([opened("断路器跳闸"), opened("路灯 歪了", "phone")]).toEqual(["Circuit breaker tripped", "路灯 歪了"]);
  expect(caseState({ state: "false_alarm", state_word: "误报" })).toBe("False alarm");
  lang.value = "zh";
  expect([opened("断路器跳闸 经十路"), caseState({ state: "new", state_word: "新建" })]).toEqual(["断路器跳闸 经十路", "新建"]);
});
