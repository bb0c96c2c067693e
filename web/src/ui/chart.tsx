/** Apache ECharts, loaded when the first chart is shown; redrawn when its data, the colours or its size change. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { EChartsCoreOption } from "echarts/core";
import { t } from "../i18n";
import { dark, lang, wall } from "../session";

type Props = { option: EChartsCoreOption; label: string };

export function Chart({ option, label }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let gone = false;
    let end: (() => void) | undefined;
    import("./echarts").then(
      ({ draw }) => {
        // A task of its own for each chart: between them the page answers.
        setTimeout(() => {
          if (!gone && place.current) end = draw(place.current, option);
        });
      },
      () => {
        setFailed(true);
      },
    );
    return () => {
      gone = true;
      end?.();
    };
  }, [option, dark.value, lang.value, wall.value]);
  if (failed) return <p class="note">{t("chartFailed")}</p>;
  return <div ref={place} class="chart" role="img" aria-label={label} />;
}
