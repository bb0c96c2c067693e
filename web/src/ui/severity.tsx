import type { Schemas } from "../api/client";
import { t } from "../i18n";

/** How bad something is: the word, and as many bars as it has rank, so that colour is never the only sign. */
export function SeverityMark({ severity }: { severity: Schemas["Severity"] }) {
  const bars = rank(severity) + 1;
  return (
    <span class={`severity ${severity}`}>
      <svg viewBox="0 0 16 12" aria-hidden="true">
        {RANKS.slice(0, bars).map((each, n) => (
          <rect key={each} x={4 * n} y={8 - 2.5 * n} width="3" height={4 + 2.5 * n} />
        ))}
      </svg>
      {t(`severity.${severity}`)}
    </span>
  );
}

/** How bad, from 0. */
export function rank(severity: Schemas["Severity"]): number {
  return RANKS.indexOf(severity);
}

const RANKS: readonly Schemas["Severity"][] = ["info", "minor", "major", "critical"];
