/** One alert: how it stands, why, what became of it, who was told, and what may be done about it. */

import { useLocation, useRoute } from "preact-iso";
import { alertPlace, alertTitle } from "../alerts";
import { caseOf, useAlert, type AlertDetail } from "../api/alerts";
import { api, taken } from "../api/client";
import { useAuthors, type NameOf } from "../api/people";
import { useResource } from "../api/resource";
import { useRuleTitles } from "../api/rules";
import { instant, number } from "../format";
import { t } from "../i18n";
import { said, Said } from "../i18n/said";
import { districtName, scopeName } from "../places";
import { mayOperate } from "../session";
import { AlertLink } from "../ui/alert-link";
import { Doing } from "../ui/doing";
import { FactList } from "../ui/fact-list";
import { Loaded } from "../ui/loaded";
import { SeverityMark } from "../ui/severity";
import { AlertActs, TakeIt } from "./alert-acts";
import { Course, ToldWhom } from "./alert-course";
import { WhyAlert } from "./alert-why";

export function AlertPage() {
  const id = useRoute().params["id"] ?? "";
  const found = useAlert(id);
  return <Loaded resource={found}>{(alert) => <Shown key={alert.id} alert={alert} reload={found.reload} />}</Loaded>;
}

function Shown({ alert, reload }: { alert: AlertDetail; reload: () => void }) {
  const ruleTitle = useRuleTitles();
  const nameOf = useAuthors(ruleTitle);
  return (
    <section class="alert-page" data-alert-shown={alert.id} data-version={alert.version}>
      <p class="links">
        <a href="/alerts">{t("toAlerts")}</a>
      </p>
      <h1>{alertTitle(alert)}</h1>
      <p class="figure">
        <SeverityMark severity={alert.severity} /> <strong data-fact="state">{state(alert)}</strong> · {t("since")}{" "}
        <span data-fact="since">{instant(alert.since)}</span>
      </p>
      <p>
        <Said text={alert.text} />
      </p>
      <Quiet alert={alert} />
      <TakeIt alert={alert} reload={reload} />
      <div class="panels">
        <Facts alert={alert} nameOf={nameOf} />
        <Where alert={alert} />
      </div>
      {alert.runbook ? (
        <section class="panel">
          <h2>{t("runbook")}</h2>
          <p>
            <Said text={alert.runbook} />
          </p>
        </section>
      ) : null}
      <AlertActs alert={alert} reload={reload} />
      <WhyAlert alert={alert} ruleTitle={ruleTitle} />
      <Withheld alert={alert} ruleTitle={ruleTitle} />
      <div class="panels">
        <Course alert={alert} nameOf={nameOf} />
        <ToldWhom alert={alert} nameOf={nameOf} />
      </div>
    </section>
  );
}

function state(alert: AlertDetail): string {
  const word = alert.asked ? t(`asked.${alert.asked.kind}`) : t(`alertState.${alert.state}`);
  return alert.open && alert.verdict === "unknown" ? `${word} · ${t("verdictUnknown")}` : word;
}

function Facts({ alert, nameOf }: { alert: AlertDetail; nameOf: NameOf }) {
  const facts: [string, string, string][] = [
    [t("value"), alert.value === null ? "–" : number(alert.value, 2), "value"],
    [t("limit"), alert.limit === null ? "–" : number(alert.limit, 2), "limit"],
    [t("firedAt"), instant(alert.fired_at), "fired_at"],
    [t("changedAt"), instant(alert.changed_at), "changed_at"],
    [t("responsible"), alert.unit || "–", "unit"],
    [t("group"), said(alert.group_name) || scopeName(alert.group), "group_name"],
  ];
  if (alert.raises > 1) facts.push([t("raisedTimes"), t("times2", { n: alert.raises }), "raises"]);
  if (alert.acknowledged_by) facts.push([t("acknowledgedBy"), `${nameOf(alert.acknowledged_by)}${t("pause")}${instant(alert.acknowledged_at)}`, "acknowledged_by"]);
  if (alert.acknowledged_until) facts.push([t("ackUntil"), instant(alert.acknowledged_until), "acknowledged_until"]);
  if (alert.shelved_until) facts.push([t("shelvedUntil"), `${instant(alert.shelved_until)} (${nameOf(alert.shelved_by)})`, "shelved_until"]);
  if (alert.recovered_at) facts.push([t("recoveredAt"), instant(alert.recovered_at), "recovered_at"]);
  return (
    <section class="panel">
      <h2>{t("alertFacts")}</h2>
      {alert.synthetic ? <p class="note">{t("synthetic")}</p> : null}
      {alert.flapping ? <p class="note">{t("flapping")}</p> : null}
      <FactList facts={facts} mark="fact" />
    </section>
  );
}

/** Why nobody is told, where that is so: with the way to what explains it. */
function Quiet({ alert }: { alert: AlertDetail }) {
  if (!alert.quiet) return null;
  return (
    <p class="note">
      {t("quietBecause")}
      {alert.inhibited_by ? (
        <>
          {t("explainedBy")}
          {t("colon")}
          <AlertLink id={alert.inhibited_by} />
        </>
      ) : null}
      {alert.silenced_by ? <Silenced id={alert.silenced_by} /> : null}
      {alert.state === "shelved" ? t("alertState.shelved") : null}
    </p>
  );
}

function Silenced({ id }: { id: string }) {
  const path = { path: { silence_id: id } };
  const found = useResource(`silence ${id}`, (signal) => taken(api.GET("/api/v1/silences/{silence_id}", { params: path, signal })));
  if (found.data === null) return <>{t("mute.silence")}</>;
  const { kind, end, reason, author } = found.data;
  return <>{t("silencedUntil", { kind: t(`mute.${kind}`), until: instant(end), reason, author })}</>;
}

/** Where it is, from the widest down, and its case file. */
function Where({ alert }: { alert: AlertDetail }) {
  const { route } = useLocation();
  const query = { alert: alert.id };
  const cases = useResource(`cases of ${alert.id}`, (signal) => taken(api.GET("/api/v1/incidents", { params: { query }, signal })), {
    on: ["incident.changed"],
  });
  const items = cases.data?.items ?? [];
  const [kind = "", ...rest] = alert.subject.split(":");
  const own = rest.join(":");
  return (
    <section class="panel">
      <h2>{t("whereAlert")}</h2>
      <p>
        {DEVICES.has(kind) ? <a href={`/devices/${encodeURIComponent(own)}`}>{alertPlace(alert)}</a> : alertPlace(alert)}
        {kind === "target" ? (
          <>
            {" "}
            <a href="/">{t("overview")}</a>
          </>
        ) : null}
        <br />
        <small>{around(alert)}</small>
      </p>
      <h3>{t("caseFile")}</h3>
      <ul class="plain">
        {items.map((each) => (
          <li key={each.id}>
            <a href={`/incidents/${each.id}`}>{each.title}</a> <small>{each.id}</small>
          </li>
        ))}
      </ul>
      {items.length === 0 ? <p class="note">{t("noCaseYet")}</p> : null}
      {items.length === 0 && mayOperate.value ? (
        <Doing
          work={async () => {
            route(`/incidents/${await caseOf(alert)}`);
          }}
          done={() => undefined}
        >
          {t("openCase")}
        </Doing>
      ) : null}
    </section>
  );
}

/** The district and the road that it lies in. */
function around(alert: AlertDetail): string {
  const roads = alert.within.filter((each) => each.startsWith("road:") && each !== alert.subject);
  return [...(alert.district ? [districtName(alert.district)] : []), ...roads.map((each) => scopeName(each))].join(" · ");
}

/** Subjects that are one device, whose id is theirs. */
const DEVICES: ReadonlySet<string> = new Set(["device", "section", "station", "lot"]);

/** What is not raised because this alert explains it, by rule. */
function Withheld({ alert, ruleTitle }: { alert: AlertDetail; ruleTitle: NameOf }) {
  if (alert.withheld.length === 0) return null;
  const byRule = new Map<string, string[]>();
  for (const each of alert.withheld) {
    const at = each.indexOf(" ");
    byRule.set(each.slice(0, at), [...(byRule.get(each.slice(0, at)) ?? []), each.slice(at + 1)]);
  }
  return (
    <section class="panel">
      <h2>{t("withheldHere")}</h2>
      {[...byRule].map(([rule, subjects]) => (
        <details key={rule}>
          <summary>
            {ruleTitle(rule)} {t("withheldCount", { count: subjects.length })}
          </summary>
          <ul class="links-list">
            {subjects.slice(0, MOST).map((subject) => (
              <li key={subject}>
                {subject.startsWith("device:") ? <a href={`/devices/${encodeURIComponent(subject.slice(7))}`}>{subject.slice(7)}</a> : scopeName(subject)}
              </li>
            ))}
          </ul>
          {subjects.length > MOST ? <p class="note">{t("shownOf", { shown: MOST, total: subjects.length })}</p> : null}
        </details>
      ))}
    </section>
  );
}

const MOST = 100;
