/** Open alerts, worst first: acknowledged with one press, and made a case file with another. */

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, taken, type Schemas } from "../api/client";
import { useOpenAlerts, type Alert } from "../api/open-alerts";
import { instant, quantity } from "../format";
import { t } from "../i18n";
import { said, Said } from "../i18n/said";
import { scopeName } from "../places";
import { mayOperate } from "../session";
import { Doing } from "../ui/doing";
import { Loaded } from "../ui/loaded";
import { Silences } from "./silences";
import { rank, SeverityMark } from "../ui/severity";


export function Alerts() {
  const [quiet, setQuiet] = useState(false);
  const [notDone, setNotDone] = useState("");
  const alerts = useOpenAlerts(quiet);
  return (
    <section>
      <h1>{t("alerts")}</h1>
      <label class="check">
        <input
          type="checkbox"
          checked={quiet}
          onChange={(event) => {
            setQuiet(event.currentTarget.checked);
          }}
        />{" "}
        {t("quiet")}
      </label>{" "}
      <a href="/alerts/quality">{t("alarmQuality")}</a>
      {/* Beside the table: the alert that it is about may be over by now, and its row gone. */}
      {notDone ? (
        <p class="failure-text" role="alert">
          {notDone}
        </p>
      ) : null}
      <Loaded resource={alerts}>
        {(items) => (items.length ? <Table items={items} reload={alerts.reload} tell={setNotDone} /> : <p class="note">{t("noAlerts")}</p>)}
      </Loaded>
      <Silences known={about(alerts.data ?? [])} />
    </section>
  );
}

/** What a silence may be about, of what is alerting now. */
function about(items: readonly Alert[]): string[] {
  const all = items.flatMap((each) => [each.subject, each.rule, each.group, each.unit, ...each.within]);
  return [...new Set(all.filter((each) => each !== ""))].sort();
}

type Ways = { reload: () => void; tell: (notDone: string) => void };

function Table({ items, reload, tell }: { items: readonly Alert[] } & Ways) {
  const ordered = [...items].sort((a, b) => rank(b.severity) - rank(a.severity) || b.fired_at.localeCompare(a.fired_at));
  return (
    <div class="wide-table" tabIndex={0} role="region" aria-label={t("openAlerts")}>
      <table class="cards-when-narrow">
        <thead>
          <tr>
            <th scope="col">{t("severity")}</th>
            <th scope="col">{t("what")}</th>
            <th scope="col">{t("since")}</th>
            <th scope="col">{t("state")}</th>
            <th scope="col">{t("responsible")}</th>
            <th scope="col">
              <span class="hidden">{t("acknowledge")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {ordered.map((alert) => (
            <Row key={alert.id} alert={alert} reload={reload} tell={tell} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ alert, reload, tell }: { alert: Alert } & Ways) {
  const { route } = useLocation();
  const [own, setOwn] = useState<{ wish: Schemas["WishOut"]; version: number } | null>(null);
  /** What the service answered counts from its answer on, until the alert is another one. */
  const asked = alert.asked ?? (own?.version === alert.version ? own.wish : null);
  const title = `${said(alert.title)}${t("colon")}${subjectName(alert)}`;
  const acknowledge = async () => {
    const wish = await taken(
      api.POST("/api/v1/alerts/{alert_id}/acknowledge", {
        params: { path: { alert_id: alert.id } },
        body: { until: null, comment: "" },
      }),
    );
    setOwn({ wish, version: alert.version });
  };
  const failed = (why: string) => {
    tell(t("alertNotDone", { what: title, why }));
    reload();
  };
  const done = () => {
    tell("");
    reload();
  };
  return (
    <tr data-alert={alert.id} data-version={alert.version}>
      <td>
        <SeverityMark severity={alert.severity} />
      </td>
      <td>
        {title}
        <small>
          <Said text={alert.name ? alert.text.replace(alert.name, subjectName(alert)) : alert.text} /> {alert.value === null ? "" : `(${quantity(alert.value, "1", 2)})`}
        </small>
        {alert.runbook ? (
          <details>
            <summary>{t("runbook")}</summary>
            {alert.runbook}
          </details>
        ) : null}
      </td>
      <td>{instant(alert.since)}</td>
      <td>
        {asked ? t(`asked.${asked.kind}`) : t(`alertState.${alert.state}`)}
        {asked ? <small>{asked.by}</small> : null}
        {alert.acknowledged_by ? <small>{alert.acknowledged_by}</small> : null}
        {alert.verdict === "unknown" ? <small class="unknown-count">{t("verdictUnknown")}</small> : null}
      </td>
      <td>{alert.unit}</td>
      <td>
        {mayOperate.value ? (
          <>
            {asked?.kind !== "acknowledge" && (alert.state === "firing" || alert.state === "unknown") ? (
              <Doing work={acknowledge} done={done} failed={failed}>
                {t("acknowledge")}
              </Doing>
            ) : null}
            <Doing
              work={async () => {
                // a rule may have opened one by itself
                const known = await taken(api.GET("/api/v1/incidents", { params: { query: { alert: alert.id } } }));
                const made = known.items[0] ?? (await taken(api.POST("/api/v1/incidents", { body: wish(alert) })));
                route(`/incidents/${made.id}`);
              }}
              done={done}
              failed={failed}
            >
              {t("openCase")}
            </Doing>
          </>
        ) : null}
      </td>
    </tr>
  );
}

/** Districts, road classes and sets of sections are alerted by their codes; what has a name of its own keeps it. */
function subjectName(alert: Alert): string {
  const known = scopeName(alert.subject);
  return alert.subject.endsWith(`:${known}`) ? alert.name || known : known;
}

function wish(alert: Alert): Schemas["IncidentBody"] {
  return {
    title: `${alert.title}：${alert.name || alert.subject}`.slice(0, 200),
    category: /road|lamp|cabinet|supply/.test(alert.rule + alert.subject) ? "lamps" : "other",
    origin: "alert",
    severity: alert.severity,
    alert: alert.id,
    ...(alert.unit ? { unit: alert.unit } : {}),
    ...(alert.district ? { district: alert.district } : {}),
    subject: alert.subject,
  };
}
