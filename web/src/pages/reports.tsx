/** Reports of closed periods: seen, printed or taken along. */

import { useState } from "preact/hooks";
import { api, taken, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { t } from "../i18n";
import { lang } from "../session";
import { Loaded } from "../ui/loaded";

const FILES = ["xlsx", "csv", "json"] as const;

export function Reports() {
  const [day, setDay] = useState("");
  const reports = useResource("reports", (signal) => taken(api.GET("/api/v1/reports", { signal })));
  return (
    <section>
      <h1>{t("reports")}</h1>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        <label>
          {t("day")}
          <input
            type="date"
            value={day}
            aria-describedby="day-hint"
            onInput={(event) => {
              setDay(event.currentTarget.value);
            }}
          />
        </label>
        <small id="day-hint">{t("lastClosed")}</small>
      </form>
      <Loaded resource={reports}>
        {({ items }) => (
          <div class="cards">
            {items.map((report) => (
              <article key={report.kind} class="panel">
                <h2>{lang.value === "zh" ? report.title : report.title_en}</h2>
                <p class="links">
                  <a href={link(report.kind, day, "html")} target="_blank" rel="noreferrer">
                    {t("view")}
                  </a>
                  {FILES.map((form) => (
                    <a key={form} href={link(report.kind, day, form)} download>
                      {form.toUpperCase()}
                    </a>
                  ))}
                </p>
              </article>
            ))}
          </div>
        )}
      </Loaded>
    </section>
  );
}

function link(kind: Schemas["ReportKind"], day: string, format: string): string {
  const query = new URLSearchParams({ format, lang: lang.value, ...(day ? { day } : {}) });
  return `/api/v1/reports/${kind}?${query}`;
}
