import { beforeEach, expect, test } from "vitest";
import { span } from "../src/format";
import { conditionText, levelText, whenText, type Condition, type Rule } from "../src/rule";
import { lang } from "../src/session";

const NAMES = { indicator: (name: string) => `指标${name}`, rule: (name: string) => `规则${name}` };
const said = (condition: Condition, kind = "streetlight") => conditionText(kind, condition, NAMES);

beforeEach(() => {
  lang.value = "zh";
});

test.each<[Condition, string]>([
  [{ type: "Threshold", metric: "power", given: [{ metric: "dim", equals: null, at_least: 50, at_most: null }] }, "power越过限值 且 dim ≥ 50"],
  [{ type: "State", metric: "supply", equals: false, given: [] }, "supply为 否"],
  [{ type: "Grade", grader: "air_index", against: "" }, "空气质量指数越过限值"],
  [{ type: "Rate", metric: "power", window: 900, falling: true, relative: true }, "power在 15分钟内下降（按比例）"],
  [{ type: "Stuck", metrics: ["o3", "co"], lasts: 14400, not_positive: true }, "o3、co 之一 4小时不变，或不大于零"],
  [{ type: "Silence", after: 2700, powered: true }, "45分钟内没有上报（按时断电的时间不计）"],
  [{ type: "FeedSilence", after: 1800 }, "整类设备 30分钟内没有一次上报"],
  [{ type: "GatewayOffline" }, "集中控制器报告离线"],
  [{ type: "IndicatorThreshold", indicator: "x" }, "指标x越过限值"],
  [{ type: "TargetMissed", indicator: "x", limits: { arterial: 98, branch: 96 } }, "指标x未达到限值，未知无论如何都不能补足：主干道 98、支路 96"],
  [{ type: "PlanTarget" }, "方案目标未达到，未知无论如何都不能补足"],
  [{ type: "ShareOfIndicator", indicator: "x" }, "指标x中未达到的数量"],
  [
    { type: "ShareOfDevices", member: { grader: "air_index", against: "", levels: { raises: [151], clears: [151], above: true } } },
    "同一范围内符合的设备数量：空气质量指数越过限值 ≥ 151",
  ],
  [{ type: "ShareOfDevices", member: { after: 2700, powered: true } }, "同一范围内符合的设备数量：45分钟内没有上报（按时断电的时间不计）"],
  [{ type: "ShareOfRule", rule: "circuit-dark" }, "同一范围内有「规则circuit-dark」告警的对象数量"],
  [{ type: "SomethingNew" }, "SomethingNew"],
])("a condition is said in words: %j", (condition, words) => {
  expect(said(condition)).toBe(words);
});

test("levels say what raises and what clears, for low figures the other way round", () => {
  const levels = { raises: [28.15, 28], clears: [28.2, 28.05], above: false };
  expect(levelText({ type: "Threshold", levels }, 1)).toEqual({ raises: "≤ 28", clears: "≥ 28.05" });
  expect(levelText({ type: "State" }, 0)).toEqual({ raises: "–", clears: "–" });
});

test("of a share and a number one is enough to raise, and both must be less to clear", () => {
  const parts = {
    raises: [{ share: 0.3, count: 10, share_of: 1 }],
    clears: [{ share: 0.2, count: 7, share_of: 5 }],
  };
  expect(levelText({ type: "ShareOfIndicator", parts }, 0)).toEqual({ raises: "≥ 30 % 或 ≥ 10 个", clears: "< 20 %（至少 5 个时） 且 < 7 个" });
});

test("when a rule is judged is said where it is not always", () => {
  const always = { lamp_time: null, hours: null } as Rule;
  expect(whenText(always)).toBe("");
  expect(whenText({ ...always, lamp_time: { duty: "on", after: 1500, before: 0 } })).toBe("路灯应亮时段，开灯 25分钟后");
  expect(whenText({ ...always, lamp_time: { duty: "off", after: 1800, before: 1800 } })).toBe("路灯应灭时段，关灯 30分钟后至开灯前 30分钟");
  expect(whenText({ ...always, hours: { start: "00:30", until: "04:30", days: [0, 6] } })).toBe("每日 00:30–04:30；星期：1、7");
});

test("a span is said in the largest unit that makes a whole number", () => {
  expect([span(90), span(5400), span(7200), span(86400)]).toEqual(["90秒钟", "90分钟", "2小时", "1天"]);
});
