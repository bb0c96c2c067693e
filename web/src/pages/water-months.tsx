/** Sections by month: the class of each closed month, and whether it met the section's own target. */

import { api, taken, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { t } from "../i18n";
import { said } from "../i18n/said";
import { explain } from "../ui/explain";
import { Loaded } from "../ui/loaded";

type Month = Schemas["SectionMonthOut"];
const EVERY_MS = 300_000;

export function MonthTable() {
  const found = useResource("water months", (signal) => taken(api.GET("/api/v1/water/months", { signal })), { every: EVERY_MS });
  return (
    <section class="panel">
      <h2>{t("sectionMonths")}</h2>
      <p class="note">{t("sectionMonthsHint")}</p>
      <Loaded resource={found}>{(data) => <Table {...data} />}</Loaded>
    </section>
  );
}

function Table({ months, items }: Schemas["SectionMonths"]) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("sectionMonths")}>
      <table class="calendar months">
        <thead>
          <tr>
            <th scope="col">{t("sections")}</th>
            {months.map((month) => (
              <th key={month} scope="col">
                {month}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map(({ section, name, river, months: own }) => (
            <tr key={section}>
              <th scope="row">
                {name} <small>{river}</small>
              </th>
              {months.map((month) => (
                <td key={month}>
                  <ClassCell section={section} name={name} month={own.find((each) => each.month === month)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const LETTERS: Readonly<Record<string, string>> = { "Ⅰ": "1", "Ⅱ": "2", "Ⅲ": "3", "Ⅳ": "4", "Ⅴ": "5", "劣Ⅴ": "6" };

function ClassCell({ section, name, month }: { section: string; name: string; month: Month | undefined }) {
  if (month === undefined) return <span class="note" title={t("notPublished")}>·</span>;
  const met = month.compliant === null ? "?" : month.compliant ? "✓" : "✗";
  const verdict = t(month.compliant === null ? "verdict.unknown" : month.compliant ? "verdict.met" : "verdict.missed");
  const why = month.class_name === null ? said(month.reason) : `${month.class_name} ${verdict}`;
  return (
    <button
      type="button"
      class={`class-${LETTERS[month.class_name ?? ""] ?? "0"}`}
      title={why}
      aria-label={`${name} ${month.month} ${why}`}
      onClick={() => {
        explain("section_period_class", `section:${section}`, month.at);
      }}
    >
      {month.class_name} {met}
      {month.revision > 0 ? "*" : ""}
    </button>
  );
}
