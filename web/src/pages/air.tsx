import type { Measure } from "../api/client";
import { namesOf, usePlaces } from "../api/places";
import { clock } from "../format";
import { t } from "../i18n";
import { lang } from "../session";
import { Swatch } from "../ui/swatch";
import { HistoryChart } from "../ui/history";
import { Headline, MeasureTable, useMeasures } from "../ui/measures";

type Grade = { level: string; category: string; category_en: string; rgb: [number, number, number] };

/** The index of the newest complete hour, of the city and of each station. */
export function Air() {
  const stations = useMeasures("aqi", "station");
  const names = namesOf(usePlaces("air_station").data);
  return (
    <section>
      <h1>{t("air")}</h1>
      <div class="panels">
        <Headline indicator="aqi" title="AQI" />
        <HistoryChart indicator="aqi_daily" scope="city" title={t("byDay")} limit={100} />
      </div>
      <MeasureTable
        title={t("stations")}
        rows={stations}
        names={names}
        columns={[
          { title: t("grade"), cell: (m) => <GradeMark measure={m} /> },
          { title: t("primary"), cell: (m) => (m.detail["primary_pollutants"] as string[]).join("、") || "–" },
          { title: t("hourEnding"), cell: (m) => clock(m.detail["hour_ending"] as string | null) },
        ]}
      />
    </section>
  );
}

function GradeMark({ measure }: { measure: Measure }) {
  const grade = measure.detail["grade"] as Grade | null;
  if (grade === null) return <>{t("unknown")}</>;
  const word = lang.value === "zh" ? `${grade.level} ${grade.category}` : grade.category_en;
  return <Swatch colour={`rgb(${grade.rgb.join(" ")})`}>{word}</Swatch>;
}
