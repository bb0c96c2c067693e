/** A verdict that is told by shape, word and colour: what is unknown looks unlike met and unlike missed. */

import type { Verdict } from "../api/client";
import { t } from "../i18n";

const SHAPES: Record<Verdict, string> = {
  met: "M3 8.5l3.2 3.2L13 5",
  missed: "M4 4l8 8M12 4l-8 8",
  unknown: "M5.5 6a2.5 2.5 0 1 1 3.4 2.3c-.7.3-.9.7-.9 1.4M8 12.3v.1",
  no_limit: "M3 10l3-3 2 2 5-5",
  expired: "M8 4v4l3 2",
  not_measured: "M4 8h8",
};

export function VerdictMark({ verdict }: { verdict: Verdict }) {
  return (
    <span class={`verdict ${verdict}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={SHAPES[verdict]} />
      </svg>
      {t(`verdict.${verdict}`)}
    </span>
  );
}

/** Worst first. */
export const WORST_FIRST: readonly Verdict[] = ["missed", "unknown", "met", "no_limit", "not_measured", "expired"];
