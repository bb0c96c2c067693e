/** Apache ECharts, loaded when the first chart is shown; redrawn when its data, the theme or its size change. */

import { useEffect, useRef } from "preact/hooks";
import type { EChartsCoreOption } from "echarts/core";
import { lang, theme } from "../session";

type Props = { option: EChartsCoreOption; label: string };

export function Chart({ option, label }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let gone = false;
    let end: (() => void) | undefined;
    void import("./echarts").then(({ draw }) => {
      if (!gone && place.current) end = draw(place.current, option);
    });
    return () => {
      gone = true;
      end?.();
    };
  }, [option, theme.value, lang.value]);
  return <div ref={place} class="chart" role="img" aria-label={label} />;
}
