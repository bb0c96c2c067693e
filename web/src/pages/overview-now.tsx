/** What is wrong now, worst first: what, where, since when, and who is on it. */

import { alertTitle, worstFirst } from "../alerts";
import { useOpenAlerts, type Alert } from "../api/open-alerts";
import { instant } from "../format";
import { t } from "../i18n";
import { Loaded } from "../ui/loaded";
import { SeverityMark } from "../ui/severity";

/** So many are taken in at one glance; the others are one press away. */
const SHOWN = 3;

export function Now() {
  const alerts = useOpenAlerts(false);
  return (
    <section class="now" aria-labelledby="now">
      <h2 id="now">{t("now")}</h2>
      <Loaded resource={alerts}>{(items) => (items.length ? <Worst items={items} /> : <p class="note">{t("noAlerts")}</p>)}</Loaded>
    </section>
  );
}

function Worst({ items }: { items: readonly Alert[] }) {
  return (
    <>
      <ul class="plain">
        {worstFirst(items)
          .slice(0, SHOWN)
          .map((alert) => (
            <li key={alert.id} data-alert={alert.id}>
              <SeverityMark severity={alert.severity} /> <a href={`/alerts/${alert.id}`}>{alertTitle(alert)}</a>
              <small>
                {t("sinceWhen", { at: instant(alert.since) })}
                {t("semicolon")}
                {onIt(alert)}
              </small>
            </li>
          ))}
      </ul>
      {items.length > SHOWN ? <a href="/alerts">{t("allAlerts", { count: items.length })}</a> : null}
    </>
  );
}

/** Who has said that they are on it. */
export function onIt({ acknowledged_by: by, asked }: Pick<Alert, "acknowledged_by" | "asked">): string {
  const who = by || (asked?.kind === "acknowledge" ? asked.by : "");
  return who ? t("onIt", { who }) : t("nobodyOnIt");
}
