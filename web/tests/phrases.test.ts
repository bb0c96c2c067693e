import { expect, test } from "vitest";
import { translator } from "../src/i18n/phrases";
import { phrases as en } from "../src/i18n/said/en";
import { phrases as zh } from "../src/i18n/said/zh";

const chinese = translator(zh, (raw) => (raw.startsWith("2020") ? "2021年1月1日" : raw));

test.each([
  ["no station took part", "没有站点参与"],
  ["448 of the lamps are made up", "路灯中有 448 个为虚构（仿真）数据"],
  ["assumed: the copy has lost the % sign; not official: 163 of the lamps are made up", "按假定：文件抄本缺失百分号；非正式：路灯中有 163 个为虚构（仿真）数据"],
  [
    "depends on 31 of 31 that are unknown; assumed: read as: none of the 31 relapses, so 100 %; the bodies that the register holds are counted; not official: 31 of the bodies are made up",
    "取决于 31 个中 31 个未知的结果；按假定：理解为 31 处均不反弹，即 100 %；按台账所列水体计算；非正式：水体中有 31 个为虚构（仿真）数据",
  ],
  ["ended 2020-12-31T16:00:00+00:00", "目标期限已于 2021年1月1日 截止"],
  ["too_few_days: ph, do, codmn", "天数不足：pH、溶解氧、高锰酸盐指数"],
  ["share = without standing water ÷ all", "比例 = 无积水 ÷ 全部"],
  ["the plan sets no figure; not official: no feed is agreed: the register has no data_feed in service", "方案未规定数值；非正式：未约定数据源：台账中没有在用的数据源"],
])("%s", (from, to) => {
  expect(chinese(from)).toBe(to);
});

test("what is not known stays unknown, so that it can be marked as of the other language", () => {
  expect(chinese("a reason that nobody has translated")).toBe(null);
  expect(chinese("热线")).toBe(null);
});

test("rules and their texts are told in English", () => {
  const english = translator(en);
  expect(english("断路器跳闸")).toBe("Circuit breaker tripped");
  expect([english("总磷(0.4)"), english("轻度污染")]).toEqual(["Total phosphorus (0.4)", "lightly polluted"]);
  expect(english("经十路 亮灯率 91.2%，目标 98%")).toBe("经十路: light-on rate 91.2 %, target 98 %");
  expect(english("第10条“快速路、主次干道亮灯率达到98以上”（主干道，夜间亮灯率）：97.5，目标 98")).toBe(
    "Item 10 “快速路、主次干道亮灯率达到98以上” (Arterial roads, Light-on rate of a night): 97.5, target 98",
  );
});

test("a translation uses each part of its phrase once at most", () => {
  for (const [from, to] of Object.entries({ ...zh, ...en })) {
    const parts = from.split("{}").length - 1;
    const used = [...to.matchAll(/\{(\d)\}/g)].map((found) => Number(found[1]));
    expect(new Set(used).size, from).toBe(used.length);
    expect(used.every((n) => n < parts), from).toBe(true);
  }
});
