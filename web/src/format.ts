/** Numbers and instants as people read them, in the city's zone and the page's language. */

import counted from "../../api/said/counted.json";
import { lang, session } from "./session";

const locale = () => (lang.value === "zh" ? "zh-CN" : "en-GB");
const zone = () => session.value?.zone ?? "UTC";

/** A number with at most `digits` decimals; a dash for none. */
export function number(value: number | null | undefined, digits = 1): string {
  if (value === null || value === undefined) return "–";
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

/** A value with its unit; what has no dimension has none. */
export function quantity(value: number | null | undefined, unit: string, digits = 1): string {
  const shown = unit === "1" ? "" : unit === "%" ? " %" : ` ${unitName(unit, value === 1)}`;
  return value === null || value === undefined ? "–" : number(value, digits) + shown;
}

/** What is counted, in UCUM's braces, has a word in each language; units of physics are written alike in both. */
const COUNTED: Readonly<Record<string, string>> = counted;

/** UCUM's codes that are printed otherwise (its column "print symbol"). */
const SYMBOLS: Readonly<Record<string, string>> = { "1": "", Cel: "°C", deg: "°", "ug/m3": "µg/m³", "mg/m3": "mg/m³", "m3/s": "m³/s", "uS/cm": "µS/cm", "dB[SPL]": "dB" };

/** A unit as it is printed; nothing where there is none. */
export function unitSymbol(unit: string): string {
  return SYMBOLS[unit] ?? unit.replace(/\{(\w+)\}/, (counted, word: string) => (lang.value === "zh" ? (COUNTED[counted] ?? word) : word));
}

function unitName(unit: string, one: boolean): string {
  if (lang.value === "zh") return COUNTED[unit] ?? unitSymbol(unit);
  const word = /^\{(\w+)\}$/.exec(unit)?.[1];
  if (word === undefined) return unitSymbol(unit);
  return one || word === "flagged" ? word : word.replace(/y$/, "ie").replace(/s$/, "se") + "s";
}

/** Date and time in the city's zone. */
export function instant(at: string | null | undefined): string {
  return at ? written(at, { dateStyle: "medium", timeStyle: "medium" }) : "–";
}

/** Hour and minute in the city's zone. */
export function clock(at: string | null | undefined): string {
  return at ? written(at, { hour: "2-digit", minute: "2-digit", second: "2-digit" }) : "–";
}

/** The date in the city's zone. */
export function day(at: string | null | undefined): string {
  return at ? written(at, { dateStyle: "medium" }) : "–";
}

/** The date in the city's zone as YYYY-MM-DD. */
export function date(at: string): string {
  return toLocal(at).slice(0, 10);
}

/** How the zone is called now, as in UTC+8. */
export function zoneName(): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone(), timeZoneName: "shortOffset" }).formatToParts();
  return (parts.find((part) => part.type === "timeZoneName")?.value ?? zone()).replace("GMT", "UTC");
}

function written(at: string, how: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale(), { ...how, timeZone: zone(), hourCycle: "h23" }).format(new Date(at));
}

/** How long ago something was, in the largest unit that says something; `seconds` below none: how far ahead. */
export function age(seconds: number): string {
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
  ];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(locale()).format(-Math.floor(seconds / size), unit);
}

/** How far ahead an instant of the wall clock is, by the browser's: what is sent goes by that, not by the city's. */
export function ahead(at: string): string {
  const seconds = (Date.parse(at) - Date.now()) / 1000;
  return seconds > 0 ? age(-seconds) : new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(0, "second");
}

/** A span of seconds in the largest unit that makes a whole number of it: 90 minutes, 2 hours. */
export function span(seconds: number): string {
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]] as const;
  const [unit, size] = units.find(([, length]) => seconds >= length && seconds % length === 0) ?? (["second", 1] as const);
  return new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "long" }).format(seconds / size);
}

/** An instant as `datetime-local` wants it, in the city's zone. */
export function toLocal(at: string): string {
  return new Date(Date.parse(at) + offset(Date.parse(at))).toISOString().slice(0, 16);
}

/** What a `datetime-local` says, in the city's zone, as an instant; what says nothing stays as it is, to be refused. */
export function fromLocal(text: string): string {
  const wall = Date.parse(`${text}Z`);
  if (Number.isNaN(wall)) return text;
  // the offset is that of the instant, which is near enough to be asked for twice where clocks are changed
  const near = wall - offset(wall);
  return new Date(wall - offset(near)).toISOString();
}

/** How far the city's wall clock is ahead of UTC at an instant, in milliseconds. */
function offset(at: number): number {
  const options = { timeZone: zone(), hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
  const said = new Map(new Intl.DateTimeFormat("en-CA", options).formatToParts(at).map((part) => [part.type, part.value]));
  const [year, month, day] = [said.get("year") ?? "", said.get("month") ?? "", said.get("day") ?? ""];
  const wall = Date.parse(`${year}-${month}-${day}T${said.get("hour") ?? ""}:${said.get("minute") ?? ""}:${said.get("second") ?? ""}Z`);
  return wall - Math.floor(at / 1000) * 1000;
}
