/** The springs: whether they flow, their level against the official lines, and for how long they have flowed. */

import { useMemo } from "preact/hooks";
import { allPages, type Measure } from "../api/client";
import { useHistory } from "../api/history";
import { useResource } from "../api/resource";
import { clock, day, number, quantity } from "../format";
import { t } from "../i18n";
import { said } from "../i18n/said";
import { Chart } from "../ui/chart";
import { Loaded } from "../ui/loaded";
import { nameOf, Why } from "../ui/measure";
import { Headline, useMeasures } from "../ui/measures";
import { Swatch } from "../ui/swatch";

type Lines = Partial<Record<"red" | "orange" | "yellow", number>>;
type Point = {
  device: string;
  name: string;
  spring: string;
  level: number | null;
  lines: Lines;
  below: keyof Lines | null;
  sill: number | null;
};
type Run = { spring: string; days: number; unknown_days: number; at_least: boolean; first: string | null; official_reason: string };

const COLOURS: Record<keyof Lines, string> = { yellow: "#e8c400", orange: "#f08a00", red: "#d62828" };
const ORDER = ["yellow", "orange", "red"] as const;
const EVENTS = ["indicator.measure"];
const EVERY_MS = 15_000;

export function Springs() {
  const levels = useMeasures("spring_level", "spring");
  const path = "/api/v1/indicators/spring_flow_days/measures?scope_kind=spring&limit=100";
  const days = useResource(path, (signal) => allPages<Measure>(path, signal), { every: EVERY_MS, on: EVENTS });
  const runs = new Map((days.data ?? []).flatMap((m) => (m.detail["springs"] as Run[]).map((run) => [run.spring, run])));
  return (
    <section>
      <h1>{t("springs")}</h1>
      <Headline indicator="spring_flow" title={t("springsFlow")} />
      <Loaded resource={levels}>
        {(measures) =>
          measures.length ? (
            <div class="panels">
              {measures.map((measure) => (
                <Spring key={measure.scope} measure={measure} runs={runs} />
              ))}
            </div>
          ) : (
            <p class="note">{t("notYet")}</p>
          )
        }
      </Loaded>
    </section>
  );
}

function Spring({ measure, runs }: { measure: Measure; runs: ReadonlyMap<string, Run> }) {
  const points = measure.detail["points"] as Point[] | undefined;
  const point = points?.[0];
  const name = point?.spring ?? measure.scope.replace(/^spring:/, "");
  const run = runs.get(name);
  return (
    <section class="panel" data-scope={measure.scope}>
      <h2>{name}</h2>
      <p class="big" data-measure={nameOf(measure)}>
        {quantity(measure.value, measure.unit, 3)}
      </p>
      <p>
        {point ? <Stand point={point} /> : <span class="unknown-count">{t("unknown")}</span>} <Why measure={measure} />
      </p>
      {run ? <p class="note">{flowed(run)}</p> : null}
      {point ? <Gauge point={point} /> : null}
      <Curve scope={measure.scope} lines={point?.lines ?? {}} title={`${name} ${t("springLevel")}`} />
      {point ? <a href={`/devices/${encodeURIComponent(point.device)}`}>{point.name}</a> : null}
    </section>
  );
}

/** Where a spring stands against its lines: named and coloured, never coloured alone. */
function Stand({ point }: { point: Point }) {
  if (point.level === null) return <span class="unknown-count">{t("unknown")}</span>;
  if (point.below) return <Swatch colour={COLOURS[point.below]}>{t("belowLine", { line: t(`line.${point.below}`) })}</Swatch>;
  const known = Object.keys(point.lines).length > 0;
  return <span class="note">{known ? t("aboveLines") : t("noLines")}</span>;
}

function flowed(run: Run): string {
  if (run.days > 0) return t(run.at_least ? "flowsAtLeast" : "flowsFor", { days: number(run.days, 0) });
  return `${t("flowDaysUnknown")}${run.official_reason ? `${t("colon")}${said(run.official_reason)}` : ""}`;
}

/** The level and the lines below it, in metres above the datum of the register. */
function Gauge({ point }: { point: Point }) {
  const lines = ORDER.filter((line) => point.lines[line] !== undefined);
  return (
    <dl class="facts">
      {lines.map((line) => (
        <div key={line}>
          <dt>
            <Swatch colour={COLOURS[line]}>{t(`line.${line}`)}</Swatch>
          </dt>
          <dd>{quantity(point.lines[line], "m", 2)}</dd>
        </div>
      ))}
      <div>
        <dt>{t("sill")}</dt>
        <dd>{quantity(point.sill, "m", 2)}</dd>
      </div>
    </dl>
  );
}

function Curve({ scope, lines, title }: { scope: string; lines: Lines; title: string }) {
  const { data } = useHistory("spring_level", scope);
  const option = useMemo(
    () => ({
      xAxis: {
        type: "time",
        axisLabel: { formatter: (at: number) => stamp(new Date(at).toISOString(), data?.[0]?.period ?? "") },
      },
      yAxis: { type: "value", scale: true },
      series: [
        {
          name: title,
          type: "line",
          connectNulls: false,
          showSymbol: (data ?? []).length < 40,
          data: (data ?? []).map((each) => [each.start, each.measure.value]),
          markLine: {
            symbol: "none",
            data: ORDER.flatMap((line) =>
              lines[line] === undefined ? [] : [{ yAxis: lines[line], name: t(`line.${line}`), lineStyle: { color: COLOURS[line] } }],
            ),
          },
        },
      ],
    }),
    [data, title],
  );
  return data && data.length > 1 ? <Chart option={option} label={title} /> : null;
}

function stamp(at: string, period: string): string {
  return period.includes("T") ? clock(at).slice(0, 5) : day(at);
}
