/** A measure as a person needs it: value, of how many, how many unknown, how well covered, and why. */

import type { Measure } from "../api/client";
import { number, quantity } from "../format";
import { t } from "../i18n";
import { said } from "../i18n/said";
import { explain } from "./explain";

export function Value({ measure }: { measure: Measure }) {
  return (
    <span class="value">
      <strong>{quantity(measure.value, measure.unit)}</strong>
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
    <span class="counts">
      {number(measure.numerator, 0)} / {number(measure.denominator, 0)}
      {measure.unknown > 0 ? (
        <span class="unknown-count">
          {t("unknown")} {number(measure.unknown, 0)}
        </span>
      ) : null}
    </span>
  );
}

/** Three parts of a whole: those for, those against, and the unknown, which is hatched and never green. */
export function Bar({ measure }: { measure: Measure }) {
  const { numerator, denominator, unknown } = measure;
  if (denominator <= 0) return <span class="note">{t("none")}</span>;
  const good = (100 * numerator) / denominator;
  const open = (100 * unknown) / denominator;
  const label = `${number(good)} % · ${t("unknown")} ${number(open)} %`;
  return (
    <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect class="against" width="100" height="8" />
      <rect class="open" x={good} width={open} height="8" />
      <rect class="good" width={good} height="8" />
    </svg>
  );
}

export function Why({ measure }: { measure: Measure }) {
  return (
    <button
      type="button"
      class="why"
      onClick={() => {
        explain(measure.indicator, measure.scope);
      }}
    >
      {t("explain")}
    </button>
  );
}
