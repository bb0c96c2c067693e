/** Open alerts, worst first: acknowledged with one press, and made a case file with another. */

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { alertTitle, worstFirst } from "../alerts";
import { acknowledge, caseOf } from "../api/alerts";
import type { Schemas } from "../api/client";
import { untaken, useOpenAlerts, type Alert } from "../api/open-alerts";
import { instant, number } from "../format";
import { t } from "../i18n";
import { Said } from "../i18n/said";
import { mayOperate } from "../session";
import { Doing } from "../ui/doing";
import { Loaded } from "../ui/loaded";
import { Silences } from "./silences";
import { SeverityMark } from "../ui/severity";

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
          {worstFirst(items).map((alert) => (
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
  const title = alertTitle(alert);
  const take = async () => {
    setOwn({ wish: await acknowledge(alert.id), version: alert.version });
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
        <a href={`/alerts/${alert.id}`}>{title}</a>
        <small>
          <Said text={alert.text} /> {figures(alert)}
        </small>
        {alert.runbook ? (
          <details>
            <summary>{t("runbook")}</summary>
            <Said text={alert.runbook} />
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
            {untaken({ ...alert, asked }) ? (
              <Doing work={take} done={done} failed={failed}>
                {t("acknowledge")}
              </Doing>
            ) : null}
            <Doing
              work={async () => {
                route(`/incidents/${await caseOf(alert)}`);
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

/** Value and limit of an alert whose text does not tell them; of one that only is or is not so there is none to tell. */
export function figures({ text, value, limit }: Pick<Alert, "text" | "value" | "limit">): string {
  if (value === null || value === limit || text.includes(number(value, 2))) return "";
  const now = `${t("value")} ${number(value, 2)}`;
  return `(${limit === null ? now : `${now}${t("semicolon")}${t("limit")} ${number(limit, 2)}`})`;
}
