/** Tides: how full a place was at each hour of today, beside what is usual then, as a curve and as a table. */

import { useMemo } from "preact/hooks";
import { api, taken, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { clock, number } from "../format";
import { t } from "../i18n";
import { Chart } from "../ui/chart";
import { ends } from "../ui/history";
import { Loaded } from "../ui/loaded";
import { Why } from "../ui/measure";

type Usual = Schemas["UsualDay"];
type Hour = Schemas["UsualHourOut"];
const EVERY_MS = 60_000;

export function Tides({ indicator, scope, name }: { indicator: string; scope: string; name: string }) {
  const query = { scope };
  const found = useResource(
    `usual ${indicator} ${scope}`,
    (signal) => taken(api.GET("/api/v1/indicators/{name}/usual", { params: { path: { name: indicator }, query }, signal })),
    { every: EVERY_MS },
  );
  return (
    <section class="panel">
      <h2>
        {t("tides")} · {name}
      </h2>
      <Loaded resource={found}>{(day) => <Day day={day} title={`${t("tides")} ${name}`} />}</Loaded>
    </section>
  );
}

/** How an hour stands against what is usual: outside the quartiles it is worth a word. */
export function standing({ value, low, high }: Pick<Hour, "value" | "low" | "high">): "above" | "below" | "within" | null {
  if (value === null || low === null || high === null) return null;
  return value > high ? "above" : value < low ? "below" : "within";
}

function Day({ day, title }: { day: Usual; title: string }) {
  const rests = day.hours.some((hour) => hour.usual !== null);
  return (
    <>
      <Curves day={day} title={title} />
      <p class="note">
        {rests ? t(day.weekend ? "usualWeekend" : "usualWorkday", { days: day.back_days }) : t("usualTooFew", { days: day.back_days })}
      </p>
      <details>
        <summary>{t("asTable")}</summary>
        <div class="scroll" tabIndex={0} role="region" aria-label={title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("hourEnding")}</th>
                <th scope="col">{t("today")}</th>
                <th scope="col">{t("usual")}</th>
                <th scope="col">{t("usualRange")}</th>
                <th scope="col">{t("verdict")}</th>
                <th scope="col">
                  <span class="hidden">{t("explain")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {day.hours.map((hour) => (
                <Row key={hour.start} hour={hour} day={day} />
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}

function Row({ hour, day }: { hour: Hour; day: Usual }) {
  const stands = standing(hour);
  return (
    <tr>
      <th scope="row">{clock(hour.end).slice(0, 5)}</th>
      <td>{number(hour.value)}</td>
      <td>{number(hour.usual)}</td>
      <td>{hour.low === null ? "–" : `${number(hour.low)} … ${number(hour.high)}`}</td>
      <td>{stands ? t(`tide.${stands}`) : "–"}</td>
      <td>{hour.value === null ? null : <Why measure={day} at={hour.end} />}</td>
    </tr>
  );
}

function Curves({ day, title }: { day: Usual; title: string }) {
  const option = useMemo(() => {
    const line = (name: string, of: (hour: Hour) => number | null, more: object = {}) => ({
      name, type: "line", connectNulls: false, showSymbol: false, data: day.hours.map((hour) => [hour.end, of(hour)]), ...more,
    });
    return {
      legend: { top: 0 },
      xAxis: { type: "time", axisLabel: { formatter: (at: number) => clock(new Date(at).toISOString()).slice(0, 5) } },
      yAxis: { type: "value", name: day.unit, ...(day.unit === "%" ? ends(null) : {}) },
      series: [
        line(t("today"), (hour) => hour.value, { lineStyle: { width: 3 }, showSymbol: true }),
        line(t("usual"), (hour) => hour.usual, { lineStyle: { type: "dashed" } }),
        line(t("usualLow"), (hour) => hour.low, { lineStyle: { type: "dotted", opacity: 0.6 } }),
        line(t("usualHigh"), (hour) => hour.high, { lineStyle: { type: "dotted", opacity: 0.6 } }),
      ],
    };
  }, [day]);
  return <Chart option={option} label={title} />;
}
