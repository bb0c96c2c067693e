/** A year of daily indices as a calendar: one row a month, and no day left out. */

import type { Published } from "../api/history";

/** A day of the calendar. `found` is null where nothing was published of it; `yet`: nor of any day since, so it may come. */
export type Cell = { day: string; found: Published | null; yet: boolean };
export type Month = { month: string; cells: readonly Cell[] };

const MONTHS = 12;
/** The highest index of each level of HJ 633 but the last. */
const LEVELS = [50, 100, 150, 200, 300];

/** The last twelve months up to that of `today` (YYYY-MM-DD), oldest first, without days to come. */
export function calendar(items: readonly Published[], today: string): readonly Month[] {
  const found = new Map(items.map((each) => [each.period, each]));
  const newest = items.reduce((last, { period }) => (period > last ? period : last), "");
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  return Array.from({ length: MONTHS }, (_, n) => {
    const first = new Date(Date.UTC(year, month - MONTHS + n, 1));
    const name = first.toISOString().slice(0, 7);
    const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
    const cells = Array.from({ length: days }, (_, d) => `${name}-${String(d + 1).padStart(2, "0")}`)
      .filter((day) => day < today)
      .map((day) => ({ day, found: found.get(day) ?? null, yet: newest !== "" && day > newest }));
    return { month: name, cells };
  });
}

/** The level of HJ 633 by its number, 1 … 6; 0 when there is no index. */
export function levelOf(aqi: number | null | undefined): number {
  if (aqi === null || aqi === undefined) return 0;
  return 1 + LEVELS.filter((highest) => aqi > highest).length;
}

export type Counts = {
  /** By level; of 0 the days that were published and have too little data for an index. */
  levels: readonly number[];
  /** Days that are over and not published yet. */
  awaited: number;
  /** Days of which nothing was ever published. */
  unrecorded: number;
};

/** How many days have which level, and how many have none for which reason. */
export function byLevel(months: readonly Month[]): Counts {
  const levels = [0, 0, 0, 0, 0, 0, 0];
  let [awaited, unrecorded] = [0, 0];
  for (const { cells } of months) {
    for (const { found, yet } of cells) {
      if (found) {
        const level = levelOf(found.measure.value);
        levels[level] = (levels[level] ?? 0) + 1;
      } else if (yet) awaited += 1;
      else unrecorded += 1;
    }
  }
  return { levels, awaited, unrecorded };
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/** Where a key leads from a day: a day on or back, or the same day of the month before or after. */
export function moved(months: readonly Month[], day: string, key: string): string {
  const days = months.flatMap(({ cells }) => cells.map((cell) => cell.day));
  if (key in STEPS) return days[days.indexOf(day) + (STEPS[key] ?? 0)] ?? day;
  if (key !== "ArrowUp" && key !== "ArrowDown") return day;
  const row = months.findIndex(({ month }) => day.startsWith(month));
  const other = months[row + (key === "ArrowUp" ? -1 : 1)];
  return other?.cells[Number(day.slice(8)) - 1]?.day ?? other?.cells.at(-1)?.day ?? day;
}

/** The year before `today`, as the history is asked for it. */
export function yearBefore(now: string): string {
  const at = new Date(now);
  at.setUTCFullYear(at.getUTCFullYear() - 1, at.getUTCMonth(), 1);
  return at.toISOString();
}
