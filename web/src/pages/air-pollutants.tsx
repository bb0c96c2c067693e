/** What an index is made of: each pollutant's value and its own index, as a table and through the hours. */

import { useMemo } from "preact/hooks";
import type { Measure } from "../api/client";
import { useHistory } from "../api/history";
import { clock, day, number, unitSymbol } from "../format";
import { t } from "../i18n";
import { Said } from "../i18n/said";
import { lang } from "../session";
import { Chart } from "../ui/chart";
import { Loaded } from "../ui/loaded";
import { Why } from "../ui/measure";
import { Swatch } from "../ui/swatch";

type Grade = { level: string; category: string; category_en: string; rgb: [number, number, number] };
type Mean = { value: number | null; unit: string; stations: number };

export const NAMES: Readonly<Record<string, string>> = {
  pm25: "PM2.5", pm10: "PM10", o3: "O₃", no2: "NO₂", so2: "SO₂", co: "CO",
};
const SHOWN_HOURS = 72;

export function GradeMark({ measure }: { measure: Measure }) {
  const grade = measure.detail["grade"] as Grade | null | undefined;
  if (!grade) return <>{t("unknown")}</>;
  const word = lang.value === "zh" ? `${grade.level} ${grade.category}` : grade.category_en;
  return <Swatch colour={`rgb(${grade.rgb.join(" ")})`}>{word}</Swatch>;
}

/** How a daily or hourly value is called, as in `pm25_24h`. */
function meanName(name: string): string {
  const [pollutant = "", hours] = name.split("_");
  return `${NAMES[pollutant] ?? pollutant}${hours ? ` (${hours.replace("h", " h")})` : ""}`;
}

/** The pollutants of an hour or of a day; the first pollutants are named beside the index. */
export function Pollutants({ measure }: { measure: Measure }) {
  const means = measure.detail["concentrations"] as Record<string, Mean> | undefined;
  const indices = measure.detail["iaqi"] as Record<string, number> | undefined;
  const primary = (measure.detail["primary_pollutants"] as string[] | undefined) ?? [];
  if (!means || Object.keys(means).length === 0) {
    return <p class="note">{measure.reason ? <Said text={measure.reason} /> : t("unknown")}</p>;
  }
  return (
    <>
      <p>
        {t("primary")}
        {t("colon")}
        {primary.join(t("comma")) || "–"}
      </p>
      <div class="wide-table" tabIndex={0} role="region" aria-label={t("pollutants")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("pollutants")}</th>
              <th scope="col">{t("concentration")}</th>
              <th scope="col">{t("iaqi")}</th>
              <th scope="col">{t("stations")}</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(means).map(([name, mean]) => (
              <tr key={name}>
                <th scope="row">{meanName(name)}</th>
                <td>{mean.value === null ? t("unknown") : `${number(mean.value)} ${unitSymbol(mean.unit)}`}</td>
                <td>{number(indices?.[name.split("_")[0] ?? ""], 0)}</td>
                <td>{number(mean.stations, 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** The index of each pollutant through the last three days of hours, and the newest hour in full. */
export function Hours({ scope, name, newest }: { scope: string; name: string; newest: Measure | undefined }) {
  const hours = useHistory("aqi", scope);
  return (
    <section class="panel">
      <h2>
        {t("pollutantsByHour")} · {name}
      </h2>
      <Loaded resource={hours}>
        {(items) => (items.length > 1 ? <Lines items={items.slice(-SHOWN_HOURS)} /> : <p class="note">{t("noHistory")}</p>)}
      </Loaded>
      {newest ? (
        <>
          <h3>
            {t("hourEnding")} {clock(newest.detail["hour_ending"] as string | null)} · AQI {number(newest.value, 0)}{" "}
            <GradeMark measure={newest} /> <Why measure={newest} />
          </h3>
          <Pollutants measure={newest} />
        </>
      ) : null}
    </section>
  );
}

function Lines({ items }: { items: readonly { start: string; end: string; measure: Measure }[] }) {
  const option = useMemo(
    () => ({
      legend: { top: 0 },
      xAxis: {
        type: "time",
        axisLabel: { formatter: (at: number) => `${day(new Date(at).toISOString())}\n${clock(new Date(at).toISOString()).slice(0, 5)}`, hideOverlap: true },
      },
      yAxis: { type: "value", name: "IAQI" },
      series: Object.entries(NAMES).map(([pollutant, title]) => ({
        name: title,
        type: "line",
        connectNulls: false,
        showSymbol: false,
        data: items.map(({ end, measure }) => [end, (measure.detail["iaqi"] as Record<string, number> | undefined)?.[pollutant] ?? null]),
      })),
    }),
    [items],
  );
  return <Chart option={option} label={t("pollutantsByHour")} />;
}
