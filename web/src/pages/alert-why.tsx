/** Why an alert is one: the rule as it runs now, its condition and levels in words. */

import { titleOf, useCatalogue } from "../api/catalogue";
import type { AlertDetail } from "../api/alerts";
import { api, taken } from "../api/client";
import { useResource } from "../api/resource";
import type { NameOf } from "../api/people";
import { number, span } from "../format";
import { t } from "../i18n";
import { Said } from "../i18n/said";
import { attributeName, kindName } from "../kinds";
import { conditionText, levelText, whenText, type Rule } from "../rule";
import { lang } from "../session";
import { FactList } from "../ui/fact-list";
import { SeverityMark } from "../ui/severity";
import { valueOf } from "../words";

export function WhyAlert({ alert, ruleTitle }: { alert: AlertDetail; ruleTitle: NameOf }) {
  const rule = alert.rule_now as Rule | null;
  return (
    <section class="panel">
      <h2>{t("whyAlert")}</h2>
      {rule === null ? <p class="note">{t("ruleGone", { rule: alert.rule })}</p> : <Asked rule={rule} ruleTitle={ruleTitle} />}
    </section>
  );
}

function Asked({ rule, ruleTitle }: { rule: Rule; ruleTitle: NameOf }) {
  const catalogue = useCatalogue().data?.items ?? [];
  const categories = useResource("categories", (signal) => taken(api.GET("/api/v1/incidents/categories", { signal }))).data?.items ?? [];
  const category = categories.find(({ id }) => id === rule.incident?.category);
  const names = { indicator: (name: string) => titleOf(catalogue, name), rule: ruleTitle };
  const only = Object.entries(rule.where).map(([name, values]) => `${attributeName(rule.kind, name)}${t("colon")}${values.map((each) => valueOf(name, each)).join(t("comma"))}`);
  const facts = [
    [t("condition"), conditionText(rule.kind, rule.condition, names)],
    [t("appliesTo"), [rule.kind ? kindName(rule.kind) : "", ...only].filter((each) => each !== "").join(t("semicolon"))],
    [t("judgedWhen"), whenText(rule)],
    [t("freshFor"), rule.fresh === null ? "" : span(rule.fresh)],
    [t("atOnce"), rule.or_report_at === null ? "" : t("oneReport", { at: rule.or_report_at })],
    [t("clearHold"), rule.clear_hold === 0 ? "" : span(rule.clear_hold)],
    [t("inhibits"), rule.inhibits.map(ruleTitle).join(t("comma"))],
    [t("opensCase"), rule.incident === null ? "" : t("fromSeverity", { severity: t(`severity.${rule.incident.severity}`), category: (lang.value === "zh" ? category?.title : category?.title_en) ?? rule.incident.category })],
  ] as const;
  return (
    <>
      <FactList facts={facts.filter(([, value]) => value !== "")} />
      <Levels rule={rule} />
    </>
  );
}

function Levels({ rule }: { rule: Rule }) {
  return (
    <div class="wide-table" tabIndex={0} role="region" aria-label={t("whyAlert")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("level")}</th>
            <th scope="col">{t("raisesAt")}</th>
            <th scope="col">{t("clearsAt")}</th>
            <th scope="col">{t("holdFor")}</th>
            <th scope="col">{t("reportsNeeded")}</th>
          </tr>
        </thead>
        <tbody>
          {rule.ladder.map((rung, n) => {
            const { raises, clears } = levelText(rule.condition, n);
            return (
              <tr key={rung.severity + rung.label}>
                <td>
                  <SeverityMark severity={rung.severity} /> {rung.label ? <Said text={rung.label} /> : null}
                </td>
                <td>{raises}</td>
                <td>{clears}</td>
                <td>{rung.hold === 0 ? t("atOnce") : span(rung.hold)}</td>
                <td>{number(rung.reports, 0)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
