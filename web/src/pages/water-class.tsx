/** A section as measures tell of it, its class by word and colour, and whether it meets its target. */

import type { Measure } from "../api/client";
import { t } from "../i18n";
import { said } from "../i18n/said";
import { Swatch } from "../ui/swatch";

export type Section = {
  class_name?: string | null;
  class?: number;
  target: number | null;
  target_name: string | null;
  compliant: boolean | null;
  reason: string;
  main_pollutants?: string[];
  items?: Record<string, number>;
  values?: Record<string, number>;
  over_class_3?: Record<string, number>;
  over_target?: Record<string, number>;
};

/** The colours of 环办〔2011〕22号: Ⅰ and Ⅱ blue, Ⅲ green, Ⅳ yellow, Ⅴ orange, worse red. */
export const COLOURS: Record<string, string> = {
  "Ⅰ": "#1f6fd6",
  "Ⅱ": "#4a9be8",
  "Ⅲ": "#2e9e4f",
  "Ⅳ": "#e8c400",
  "Ⅴ": "#f08a00",
  "劣Ⅴ": "#d62828",
};

export function sectionOf(measure: Measure): Section | undefined {
  return measure.detail["section"] as Section | undefined;
}

export function monthOf(measure: Measure, name: "month_closed" | "month_to_date"): Section | undefined {
  return (measure.detail[name] as { section?: Section } | undefined)?.section;
}

export function ClassMark({ section }: { section: Pick<Section, "class_name" | "reason"> | undefined }) {
  if (!section?.class_name) return <span class="note">{said(section?.reason ?? "") || t("unknown")}</span>;
  return <Swatch colour={COLOURS[section.class_name] ?? "#888"}>{section.class_name}</Swatch>;
}

/** Whether a class is the target or better, by sign and word. */
export function Met({ compliant }: { compliant: boolean | null | undefined }) {
  if (compliant === null || compliant === undefined) return <span class="unknown-count">? {t("unknown")}</span>;
  return compliant ? <span class="good-text">✓ {t("verdict.met")}</span> : <span class="bad-text">✗ {t("verdict.missed")}</span>;
}
