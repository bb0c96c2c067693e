/** The history of a measure: a small line beside a number, or a chart with the plan's limit. */

import { useMemo } from "preact/hooks";
import { useHistory, type Published } from "../api/history";
import { clock, day, number } from "../format";
import { t } from "../i18n";
import { Chart } from "./chart";
import { Loaded } from "./loaded";
import { known } from "./measure";

const WIDTH = 100;
const HEIGHT = 24;
const SHOWN = 72;

/** The last published values as a line; where none was published there is a gap, never a bridge. */
export function Sparkline({ indicator, scope }: { indicator: string; scope: string }) {
  const { data } = useHistory(indicator, scope);
  const values = (data ?? []).slice(-SHOWN).map((each) => known(each.measure));
  const drawn = values.filter((value) => value !== null);
  if (drawn.length < 2) return null;
  const [low, high] = [Math.min(...drawn), Math.max(...drawn)];
  const label = `${t("trend")}: ${number(drawn[0])} → ${number(drawn.at(-1))}`;
  return (
    <svg class="sparkline" viewBox={`0 -1 ${WIDTH} ${HEIGHT + 2}`} role="img" aria-label={label} preserveAspectRatio="none">
      <path d={path(values, low, high)} />
    </svg>
  );
}

/** The path of a line over equally spaced values, interrupted where one is missing. */
export function path(values: readonly (number | null)[], low: number, high: number): string {
  const step = WIDTH / Math.max(1, values.length - 1);
  const span = high - low || 1;
  let pen = "M";
  let drawn = "";
  values.forEach((value, n) => {
    if (value === null) {
      pen = "M";
      return;
    }
    drawn += `${pen}${(n * step).toFixed(1)} ${(HEIGHT - (HEIGHT * (value - low)) / span).toFixed(1)}`;
    pen = "L";
  });
  return drawn;
}

type Props = { indicator: string; scope: string; title: string; limit?: number | null };

export function HistoryChart({ indicator, scope, title, limit = null }: Props) {
  const history = useHistory(indicator, scope);
  return (
    <section class="panel">
      <h2>{title}</h2>
      <div class="chart-room">
        <Loaded resource={history}>
          {(items) => (items.length > 0 ? <Curve items={items} limit={limit} title={title} /> : <p class="note">{t("noHistory")}</p>)}
        </Loaded>
      </div>
    </section>
  );
}

type Extent = { min: number; max: number };

/** Where the axis of a share begins and ends: below its values and its limit, and at the whole. */
export function ends(limit: number | null) {
  return {
    min: ({ min }: Extent) => Math.max(0, 10 * (Math.floor(Math.min(min, limit ?? min) / 10) - 1)),
    max: ({ max }: Extent) => Math.max(100, max),
  };
}

function Curve({ items, limit, title }: { items: readonly Published[]; limit: number | null; title: string }) {
  const option = useMemo(() => {
    const hourly = items[0]?.period.includes("T") ?? false;
    const label = { position: "insideEndTop", formatter: `${t("limit")} ${number(limit)}` };
    const line = limit === null ? {} : { markLine: { symbol: "none", label, data: [{ yAxis: limit }] } };
    return {
      xAxis: {
        type: "time",
        axisLabel: {
          formatter: (at: number) => {
            const text = new Date(at).toISOString();
            return hourly ? clock(text).slice(0, 5) : day(text);
          },
        },
      },
      yAxis: { type: "value", ...(items[0]?.measure.unit === "%" ? ends(limit) : {}) },
      series: [
        {
          name: title,
          type: "line",
          connectNulls: false,
          showSymbol: items.length < 40,
          data: items.map((each) => [each.start, known(each.measure)]),
          ...line,
        },
      ],
    };
  }, [items, limit]);
  return <Chart option={option} label={title} />;
}
