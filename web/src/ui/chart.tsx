/** Apache ECharts, loaded with the first chart; drawn when it comes into view, and anew when its data, the colours or its size change. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { EChartsCoreOption } from "echarts/core";
import { t } from "../i18n";
import { dark, lang, wall } from "../session";

type Props = { option: EChartsCoreOption; label: string };

/** So far outside of what is seen a chart is drawn already. */
const AHEAD = "200px";

export function Chart({ option, label }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let end: (() => void) | null | undefined;
    const ends: (() => void)[] = [];
    import("./echarts").then(
      ({ draw }) => {
        if (end === null || !place.current) return;
        ends.push(
          whenSeen(place.current, (element, printed) => {
            if (end === undefined) end = draw(element, option, printed);
          }),
        );
      },
      () => {
        setFailed(true);
      },
    );
    return () => {
      for (const each of ends) each();
      end?.();
      end = null;
    };
  }, [option, dark.value, lang.value, wall.value]);
  if (failed) return <p class="note">{t("chartFailed")}</p>;
  return <div ref={place} class="chart" role="img" aria-label={label} />;
}

/** Call `then` once an element comes into view, or is printed; returns what gives that up. */
function whenSeen(element: HTMLElement, then: (element: HTMLElement, printed: boolean) => void): () => void {
  const give = () => {
    seen.disconnect();
    window.removeEventListener("beforeprint", print);
  };
  const now = (printed: boolean) => {
    give();
    then(element, printed);
  };
  const print = () => {
    now(true);
  };
  const seen = new IntersectionObserver((entries) => {
    // A task of its own for each chart: between them the page answers.
    if (entries.some((entry) => entry.isIntersecting)) setTimeout(now, 0, false);
  }, { rootMargin: AHEAD });
  seen.observe(element);
  window.addEventListener("beforeprint", print);
  return give;
}
