/** A measure as a person needs it: value, of how many, how many unknown, how well covered, and why. */

import type { Measure } from "../api/client";
import { number, quantity } from "../format";
import { t } from "../i18n";
import { said } from "../i18n/said";
import { explain } from "./explain";

/** The value, or null where nothing at all is known: that every unknown counts against it makes no nought worth showing. */
export function known({ value, coverage }: Pick<Measure, "value" | "coverage">): number | null {
  return coverage === 0 ? null : value;
}

/** Names the measure whose figures stand here, by the instant of the answer: what is shown can be held against it. */
export function nameOf({ indicator, scope, at }: Measure): string {
  return `${indicator} ${scope} ${at}`;
}

export function Value({ measure }: { measure: Measure }) {
  return (
    <span class="value" data-measure={nameOf(measure)}>
      <strong>{quantity(known(measure), measure.unit)}</strong>
      {measure.official ? null : (
        <span class="note" title={said(measure.reason)}>
          {t("unofficial")}
        </span>
      )}
    </span>
  );
}

/** Numerator of denominator, and the unknown apart. */
export function Counts({ measure }: { measure: Measure }) {
  return (
    <span class="counts" data-measure={nameOf(measure)}>
      {number(measure.numerator, 0)} / {number(measure.denominator, 0)}
      {measure.unknown > 0 ? (
        <span class="unknown-count">
          {t("unknown")} {number(measure.unknown, 0)}
        </span>
      ) : null}
    </span>
  );
}

/** How much of what it is about is known; nothing where there is nothing that could be. */
export function Coverage({ measure }: { measure: Measure }) {
  if (measure.coverage === null) return null;
  return (
    <small class="coverage" data-measure={nameOf(measure)}>
      {t("coverage")} <strong>{quantity(100 * measure.coverage, "%")}</strong>
    </small>
  );
}

type Parts = { good: number; open: number; of: "share" | "part" | "limit" | "coverage" };

/** Shares that are neither good nor bad: a full car park is what one is for. */
const NEUTRAL: ReadonlySet<string> = new Set(["parking_occupancy", "parking_vacancy", "parking_peak_factor", "parking_shared"]);

/**
 * What the bar of a measure shows, in percent of its length. A share shows its parts, good and bad where it is so. A count that the plan wants to reach
 * a limit shows how much of the limit is reached: 1 of 1 found is not 25 of 25. Of any other quantity numerator and
 * denominator say only how much is known, which is neither good nor bad.
 */
export function parts({ indicator, unit, value, numerator, denominator, unknown }: Measure, limit: number | null = null): Parts | null {
  if (unit !== "%" && limit !== null && limit > 0) {
    const good = Math.min(100, (100 * (value ?? 0)) / limit);
    return { good, open: Math.min(100 - good, (100 * unknown) / limit), of: "limit" };
  }
  if (denominator <= 0) return null;
  const open = (100 * unknown) / denominator;
  if (unit !== "%") return { good: 100 - open, open, of: "coverage" };
  return { good: (100 * numerator) / denominator, open, of: NEUTRAL.has(indicator) ? "part" : "share" };
}

const FILLS = { share: ["good", "against"], part: ["known", "room"], limit: ["good", "room"], coverage: ["known", "room"] } as const;

/** The parts of a measure as a bar: what is unknown is violet and never green. `limit`: what a count should reach. */
export function Bar({ measure, limit = null }: { measure: Measure; limit?: number | null }) {
  const found = parts(measure, limit);
  if (found === null) return null;
  const { good, open, of } = found;
  const [fill, rest] = FILLS[of];
  const label = `${t(`bar.${of}`)} ${number(good)} % · ${t("unknown")} ${number(open)} %`;
  return (
    <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect class={rest} width="100" height="8" />
      <rect class="open" x={good} width={open} height="8" />
      <rect class={fill} width={good} height="8" />
    </svg>
  );
}

/** To what made a figure: now, or with `at` as of an instant that is past. */
export function Why({ measure, at }: { measure: { indicator: string; scope: string }; at?: string }) {
  return (
    <button
      type="button"
      class="why"
      onClick={() => {
        explain(measure.indicator, measure.scope, at);
      }}
    >
      {t("explain")}
    </button>
  );
}
