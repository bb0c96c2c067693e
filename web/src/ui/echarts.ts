/** The parts of ECharts that the page uses. Tooltips are drawn on the canvas: the policy allows no inline styles. */

import { BarChart, LineChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { enlarged } from "./enlarged";

register([
  BarChart,
  LineChart,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  CanvasRenderer,
]);

/** The colours of what is no curve: those of the page, or of paper, whatever the page has. */
type Colours = { ink: string; rule: string };
/** A legend takes two lines where the chart is narrower than so many pixels: the axis is named below them. */
const NARROW = 480;
const PAPER: Colours = { ink: "#000", rule: "#bbb" };

/** Draw into an element, follow its size, turn to the colours of paper while it is printed, as it may be now, and return what ends it. */
export function draw(place: HTMLElement, option: EChartsCoreOption, printed: boolean): () => void {
  const style = getComputedStyle(document.documentElement);
  const page = { ink: style.getPropertyValue("--ink").trim(), rule: style.getPropertyValue("--rule").trim() };
  const scale = enlarged();
  const narrow = place.clientWidth < NARROW * scale;
  const chart = init(place);
  chart.setOption(dressed(option, printed ? PAPER : page, scale, narrow));
  const paper = () => { chart.setOption(dressed(option, PAPER, scale, narrow), true); };
  const screen = () => { chart.setOption(dressed(option, page, scale, narrow), true); };
  window.addEventListener("beforeprint", paper);
  window.addEventListener("afterprint", screen);
  const watch = new ResizeObserver(() => {
    chart.resize();
  });
  watch.observe(place);
  return () => {
    window.removeEventListener("beforeprint", paper);
    window.removeEventListener("afterprint", screen);
    watch.disconnect();
    chart.dispose();
  };
}

type Marked = { markLine?: { label?: object } };

/** What is to be drawn, with the colours and sizes that all charts have. */
function dressed(option: EChartsCoreOption, { ink, rule }: Colours, scale: number, narrow: boolean): EChartsCoreOption {
  const own = option["xAxis"] as { axisLabel?: object } | undefined;
  const legend = option["legend"] as object | undefined;
  const textStyle = { color: ink, fontSize: 12 * scale };
  const axis = { axisLine: { lineStyle: { color: rule } }, axisLabel: { ...textStyle, hideOverlap: true }, splitLine: { lineStyle: { color: rule } } };
  const named = ({ markLine, ...series }: Marked) =>
    markLine ? { ...series, markLine: { ...markLine, label: { ...textStyle, textBorderWidth: 0, ...markLine.label } } } : series;
  return {
    animation: false,
    textStyle: { ...textStyle, fontFamily: "inherit" },
    tooltip: { trigger: "axis", renderMode: "richText" },
    grid: { left: 56 * scale, right: 20 * scale, top: (legend && narrow ? 76 : 36) * scale, bottom: 36 * scale },
    ...option,
    ...(legend ? { legend: { textStyle, ...legend } } : {}),
    xAxis: { ...axis, ...own, axisLabel: { ...axis.axisLabel, ...own?.axisLabel } },
    yAxis: { ...axis, scale: true, nameTextStyle: textStyle, ...(option["yAxis"] as object) },
    series: (option["series"] as Marked[]).map(named),
  };
}
