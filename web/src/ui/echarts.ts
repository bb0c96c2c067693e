/** The parts of ECharts that the page uses. Tooltips are drawn on the canvas: the policy allows no inline styles. */

import { BarChart, LineChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

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

/** Draw into an element, follow its size, and return what ends it. */
export function draw(place: HTMLElement, option: EChartsCoreOption): () => void {
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--ink").trim();
  const rule = style.getPropertyValue("--rule").trim();
  const own = option["xAxis"] as { axisLabel?: object } | undefined;
  const legend = option["legend"] as object | undefined;
  /** On a wall everything is larger: the charts are drawn for letters of 15 pixels. */
  const scale = parseFloat(style.fontSize) / 15;
  const textStyle = { color: ink, fontSize: 12 * scale };
  const axis = { axisLine: { lineStyle: { color: rule } }, axisLabel: textStyle, splitLine: { lineStyle: { color: rule } } };
  const chart = init(place);
  chart.setOption({
    animation: false,
    textStyle: { ...textStyle, fontFamily: "inherit" },
    tooltip: { trigger: "axis", renderMode: "richText" },
    grid: { left: 56 * scale, right: 20 * scale, top: 36 * scale, bottom: 36 * scale },
    ...option,
    ...(legend ? { legend: { textStyle, ...legend } } : {}),
    xAxis: { ...axis, ...own, axisLabel: { ...axis.axisLabel, ...own?.axisLabel } },
    yAxis: { ...axis, scale: true, ...(option["yAxis"] as object) },
  });
  const watch = new ResizeObserver(() => {
    chart.resize();
  });
  watch.observe(place);
  return () => {
    watch.disconnect();
    chart.dispose();
  };
}
