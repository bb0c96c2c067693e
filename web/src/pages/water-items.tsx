/** Items over the limit: which, where, how much, and by what multiple of the limit of the section's own target class. */

import { useState } from "preact/hooks";
import type { Measure } from "../api/client";
import { number } from "../format";
import { t } from "../i18n";
import { metricName } from "../kinds";
import { scopeName } from "../places";
import { Why } from "../ui/measure";
import { ClassMark, monthOf, sectionOf, type Section } from "./water-class";

export type Exceedance = { measure: Measure; item: string; value: number | null; multiple: number; section: Section };
const WHEN = ["now", "month_closed", "month_to_date"] as const;
type When = (typeof WHEN)[number];

/** What is over its limit, the worst first. The multiple is of the excess: 0.5 is half as much again as the limit. */
export function exceedances(measures: readonly Measure[], when: When): readonly Exceedance[] {
  return measures
    .flatMap((measure) => {
      const section = when === "now" ? sectionOf(measure) : monthOf(measure, when);
      if (section === undefined) return [];
      return Object.entries(section.over_target ?? {})
        .filter(([, multiple]) => multiple > 0)
        .map(([item, multiple]) => ({ measure, item, value: section.values?.[item] ?? null, multiple, section }));
    })
    .sort((a, b) => b.multiple - a.multiple);
}

export function Exceedances({ measures, names }: { measures: readonly Measure[]; names: ReadonlyMap<string, string> }) {
  const [when, setWhen] = useState<When>("now");
  const found = exceedances(measures, when);
  return (
    <section class="panel">
      <h2>{t("exceedances")}</h2>
      <div class="chips">
        {WHEN.map((each) => (
          <button
            key={each}
            type="button"
            class="chip"
            aria-pressed={each === when}
            onClick={() => {
              setWhen(each);
            }}
          >
            {t(`water.${each}`)}
          </button>
        ))}
      </div>
      {found.length === 0 ? (
        <p class="note">{t("noExceedance")}</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label={t("exceedances")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("sections")}</th>
                <th scope="col">{t("waterItem")}</th>
                <th scope="col">{t("value")}</th>
                <th scope="col">{t("overBy")}</th>
                <th scope="col">{t("sectionClass")}</th>
                <th scope="col">{t("targetClass")}</th>
                <th scope="col">
                  <span class="hidden">{t("explain")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {found.map(({ measure, item, value, multiple, section }) => (
                <tr key={`${measure.scope} ${item}`}>
                  <th scope="row">{scopeName(measure.scope, names)}</th>
                  <td>{metricName("river_section", item)}</td>
                  <td>{number(value, 3)}</td>
                  <td>
                    <strong class="bad-text">{t("times", { times: number(multiple, 2) })}</strong>
                  </td>
                  <td>
                    <ClassMark section={section} />
                  </td>
                  <td>{section.target_name ?? "–"}</td>
                  <td>
                    <Why measure={measure} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
