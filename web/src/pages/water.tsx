import { namesOf, usePlaces } from "../api/places";
import { t } from "../i18n";
import { said } from "../i18n/said";
import { Loaded } from "../ui/loaded";
import { Headline, MeasureTable, useMeasures } from "../ui/measures";
import { ClassMark, Met, monthOf, sectionOf } from "./water-class";
import { Exceedances } from "./water-items";
import { MonthTable } from "./water-months";
import { Strips } from "./water-river";

type River = { wording: string; main_pollutants: string[] } | null | undefined;

/** Sections by class against their own targets: along their rivers, item by item, and by month. */
export function Water() {
  const sections = useMeasures("section_compliance", "section");
  const rivers = useMeasures("section_compliance", "river");
  const names = namesOf(usePlaces("river_section").data);
  return (
    <section>
      <h1>{t("water")}</h1>
      <Headline indicator="section_compliance" title={t("sections")} />
      <Loaded resource={sections}>
        {(measures) =>
          measures.length > 0 ? (
            <>
              <Strips measures={measures} />
              <Exceedances measures={measures} names={names} />
            </>
          ) : null
        }
      </Loaded>
      <MonthTable />
      <MeasureTable
        title={t("rivers")}
        rows={rivers}
        columns={[
          { title: t("state"), cell: (m) => said((m.detail["river"] as River)?.wording ?? "–") },
          { title: t("mainPollutants"), cell: (m) => pollutants((m.detail["river"] as River)?.main_pollutants) },
        ]}
      />
      <MeasureTable
        title={t("sections")}
        rows={sections}
        names={names}
        columns={[
          { title: t("sectionClass"), cell: (m) => <ClassMark section={sectionOf(m)} /> },
          { title: t("targetClass"), cell: (m) => sectionOf(m)?.target_name ?? "–" },
          { title: t("verdict"), cell: (m) => <Met compliant={sectionOf(m)?.compliant} /> },
          { title: t("monthClosed"), cell: (m) => <ClassMark section={monthOf(m, "month_closed")} /> },
          { title: t("mainPollutants"), cell: (m) => pollutants(sectionOf(m)?.main_pollutants) },
        ]}
      />
    </section>
  );
}

/** By what a section or river is polluted most, each with how far it is over the limit of class Ⅲ. */
function pollutants(names: readonly string[] | undefined): string {
  return names?.map(said).join(t("comma")) || "–";
}
