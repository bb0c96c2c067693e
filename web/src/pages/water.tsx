import type { Measure } from "../api/client";
import { namesOf, usePlaces } from "../api/places";
import { t } from "../i18n";
import { said } from "../i18n/said";
import { Headline, MeasureTable, useMeasures } from "../ui/measures";
import { Swatch } from "../ui/swatch";

type Section = {
  class_name?: string;
  colour?: string;
  target_name: string | null;
  reason: string;
  main_pollutants?: string[];
};
type River = { wording: string; main_pollutants: string[] } | null | undefined;

/** Sections by class against their own targets, and the condition of the rivers. */
export function Water() {
  const sections = useMeasures("section_compliance", "section");
  const rivers = useMeasures("section_compliance", "river");
  const names = namesOf(usePlaces("river_section").data);
  return (
    <section>
      <h1>{t("water")}</h1>
      <Headline indicator="section_compliance" title={t("sections")} />
      <MeasureTable
        title={t("rivers")}
        rows={rivers}
        columns={[
          { title: t("state"), cell: (m) => (m.detail["river"] as River)?.wording ?? "–" },
          { title: t("mainPollutants"), cell: (m) => (m.detail["river"] as River)?.main_pollutants.join("、") || "–" },
        ]}
      />
      <MeasureTable
        title={t("sections")}
        rows={sections}
        names={names}
        columns={[
          { title: t("sectionClass"), cell: (m) => <ClassMark section={section(m)} /> },
          { title: t("targetClass"), cell: (m) => section(m)?.target_name ?? "–" },
          { title: t("monthClosed"), cell: (m) => <ClassMark section={month(m, "month_closed")} /> },
          { title: t("mainPollutants"), cell: (m) => section(m)?.main_pollutants?.join("、") || "–" },
        ]}
      />
    </section>
  );
}

function section(measure: Measure): Section | undefined {
  return measure.detail["section"] as Section | undefined;
}

function month(measure: Measure, name: string): Section | undefined {
  return (measure.detail[name] as { section?: Section } | undefined)?.section;
}

function ClassMark({ section }: { section: Section | undefined }) {
  if (section?.class_name === undefined) return <span class="note">{said(section?.reason ?? "") || t("unknown")}</span>;
  return <Swatch colour={COLOURS[section.class_name] ?? "#888"}>{section.class_name}</Swatch>;
}

/** The colours of 环办〔2011〕22号: Ⅰ and Ⅱ blue, Ⅲ green, Ⅳ yellow, Ⅴ orange, worse red. */
export const COLOURS: Record<string, string> = {
  "Ⅰ": "#1f6fd6",
  "Ⅱ": "#4a9be8",
  "Ⅲ": "#2e9e4f",
  "Ⅳ": "#e8c400",
  "Ⅴ": "#f08a00",
  "劣Ⅴ": "#d62828",
};
