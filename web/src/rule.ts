/** What an alert rule asks, in words: its condition, its levels, and when it is judged. */

import { number, span } from "./format";
import { hasText, t, type Key } from "./i18n";
import { said } from "./i18n/said";
import { attributeName, metricName } from "./kinds";
import { scopeName } from "./places";

type Given = { metric: string; equals: unknown; at_least: number | null; at_most: number | null };
type Part = { share: number | null; count: number | null; share_of: number };
type Levels = { raises: (number | Part)[]; clears: (number | Part)[]; above?: boolean };
export type Condition = { type?: string; levels?: Levels; parts?: Levels; given?: Given[] } & Record<string, unknown>;
export type Rung = { severity: "info" | "minor" | "major" | "critical"; hold: number; reports: number; label: string };
export type Rule = {
  name: string;
  title: string;
  kind: string;
  condition: Condition;
  ladder: Rung[];
  clear_hold: number;
  inhibits: string[];
  where: Record<string, string[]>;
  lamp_time: { duty: "on" | "off"; after: number; before: number } | null;
  hours: { start: string; until: string; days: number[] } | null;
  or_report_at: string | null;
  fresh: number | null;
  incident: { severity: Rung["severity"]; category: string } | null;
};
/** How indicators and rules are called, by their names. */
export type Names = { indicator: (name: string) => string; rule: (name: string) => string };

/** The condition as a sentence; of a member of a group by the fields that it has. */
export function conditionText(kind: string, condition: Condition, names: Names): string {
  const field = (name: string) => text(condition[name]);
  const seconds = (name: string) => span(Number(condition[name] ?? 0));
  const metric = metricName(kind, field("metric"));
  const indicator = names.indicator(field("indicator"));
  const moves = t(condition["falling"] === true ? "moves.falls" : "moves.rises");
  const fill: Record<string, () => [Key, Record<string, string>]> = {
    Threshold: () => ["cond.Threshold", { metric }],
    State: () => ["cond.State", { metric, value: yesOrNo(condition["equals"]) }],
    Grade: () => [field("against") ? "cond.GradeAgainst" : "cond.Grade", { grade: gradeText(field("grader")), against: attributeName(kind, field("against")) }],
    Rate: () => [condition["relative"] === true ? "cond.RateShare" : "cond.Rate", { metric, window: seconds("window"), moves }],
    Stuck: () => [condition["not_positive"] === true ? "cond.StuckOrDead" : "cond.Stuck", { metrics: list(condition["metrics"]).map((each) => metricName(kind, each)).join(t("comma")), lasts: seconds("lasts") }],
    Occurrence: () => ["cond.Occurrence", { codes: [...new Set([...list(condition["events"]), ...list(condition["faults"])])].map((each) => said(each)).join(t("comma")) }],
    Silence: () => [condition["powered"] === true ? "cond.SilencePowered" : "cond.Silence", { after: seconds("after") }],
    FeedSilence: () => ["cond.FeedSilence", { after: seconds("after") }],
    GatewayOffline: () => ["cond.GatewayOffline", {}],
    IndicatorThreshold: () => ["cond.IndicatorThreshold", { indicator }],
    TargetMissed: () => ["cond.TargetMissed", { indicator, limits: limitsText(condition["limits"]) }],
    PlanTarget: () => ["cond.PlanTarget", {}],
    ShareOfIndicator: () => ["cond.ShareOfIndicator", { indicator }],
    ShareOfDevices: () => ["cond.ShareOfDevices", { member: memberText(kind, condition["member"], names) }],
    ShareOfRule: () => ["cond.ShareOfRule", { rule: names.rule(field("rule")) }],
  };
  const [key, filled] = fill[condition.type ?? ""]?.() ?? (["cond.other", { type: condition.type ?? "" }] as const);
  return [t(key, filled), ...(condition.given ?? []).map((each) => givenText(kind, each))].join(" ");
}

/** The condition of each device of a group: its fields say of which type it is, and its first level is what counts. */
function memberText(kind: string, member: unknown, names: Names): string {
  const of = (member ?? {}) as Condition;
  const type = "grader" in of ? "Grade" : "after" in of ? "Silence" : "equals" in of ? "State" : "Threshold";
  const level = of.levels && "raises" in of.levels ? ` ${levelText(of, 0).raises}` : "";
  return conditionText(kind, { ...of, type }, names) + (of["grader"] === "air_index" || type === "Threshold" ? level : "");
}

/** What raises and what clears a rung, as far as the condition has figures. */
export function levelText(condition: Condition, rung: number): { raises: string; clears: string } {
  const levels = condition.levels ?? condition.parts;
  const [on, off] = [levels?.raises[rung], levels?.clears[rung]];
  if (on === undefined || off === undefined) return { raises: "–", clears: "–" };
  if (typeof on === "number" || typeof off === "number") {
    const [worse, better] = levels?.above === false ? ["≤", "≥"] : ["≥", "≤"];
    return { raises: `${worse} ${number(on as number, 2)}`, clears: `${better} ${number(off as number, 2)}` };
  }
  return { raises: partText(on, "≥", t("or")), clears: partText(off, "<", t("and")) };
}

/** A share, a number, or both: one of them is enough to raise, all must be less to clear. */
function partText(part: Part, sign: string, joined: string): string {
  const share = part.share === null ? [] : [t(part.share_of > 1 ? "partOf" : "part", { sign, share: number(100 * part.share), of: part.share_of })];
  const count = part.count === null ? [] : [t("partCount", { sign, count: part.count })];
  return [...share, ...count].join(` ${joined} `);
}

function givenText(kind: string, given: Given): string {
  const bounds = [
    ...(given.equals === null ? [] : [`= ${yesOrNo(given.equals)}`]),
    ...(given.at_least === null ? [] : [`≥ ${number(given.at_least, 2)}`]),
    ...(given.at_most === null ? [] : [`≤ ${number(given.at_most, 2)}`]),
  ];
  return t("given", { metric: metricName(kind, given.metric), is: bounds.join(" ") });
}

/** When the rule is judged; empty: always. */
export function whenText(rule: Rule): string {
  const lamps = rule.lamp_time;
  const hours = rule.hours;
  return [
    lamps ? t(`lamps.${lamps.duty}`, { after: span(lamps.after) }) + (lamps.before > 0 ? t(`lampsUntil.${lamps.duty}`, { before: span(lamps.before) }) : "") : "",
    hours && hours.start !== hours.until ? t("hoursFrom", { start: hours.start, until: hours.until }) : "",
    hours && hours.days.length < 7 ? t("onDays", { days: hours.days.map((each) => each + 1).join(t("comma")) }) : "",
  ].filter((each) => each !== "").join(t("semicolon"));
}

function limitsText(limits: unknown): string {
  const known = Object.entries((limits ?? {}) as Record<string, number>);
  return known.map(([name, limit]) => `${name ? `${scopeName(`road_class:${name}`)} ` : ""}${number(limit)}`).join(t("comma"));
}

const gradeText = (grader: string) => (hasText(`grade.${grader}`) ? t(`grade.${grader}` as Key) : grader);
const yesOrNo = (value: unknown) => (typeof value === "boolean" ? t(value ? "yes" : "no") : text(value));
const text = (value: unknown) => (typeof value === "string" || typeof value === "number" ? String(value) : "");
const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : []);
