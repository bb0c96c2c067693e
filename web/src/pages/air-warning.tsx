/** The heavy-pollution warning: what is in force and since when, what the days ask for and why. A person issues it. */

import { useState } from "preact/hooks";
import { api, taken, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { instant } from "../format";
import { hasText, t } from "../i18n";
import { Said, said } from "../i18n/said";
import { mayOperate } from "../session";
import { ChoiceField, Submit, TextField, useForm } from "../ui/form";
import { Loaded } from "../ui/loaded";
import { Why } from "../ui/measure";
import { levelOf } from "./air-days";

type Warning = Schemas["WarningOut"];
type Proposal = { action: string; level: number; name: string; reason: string; begin: string | null; short_notice: boolean; health_notice: boolean };
type InForce = { level: number; name: string; assumed: boolean };
type Day = { day: string; aqi: number | null; level: string | null; from: "observed" | "forecast" | null };
const LEVELS = ["yellow", "orange", "red"] as const;
const EVENTS = ["indicator.measure", "incident.changed"];
const EVERY_MS = 30_000;

export function WarningPanel() {
  const warning = useResource("warning", (signal) => taken(api.GET("/api/v1/warnings/air", { signal })), {
    every: EVERY_MS,
    on: EVENTS,
  });
  const query = { origin: "warning", open: true, limit: 1 } as const;
  const issued = useResource(
    "warning cases",
    (signal) => taken(api.GET("/api/v1/incidents", { params: { query }, signal })),
    { on: ["incident.changed"] },
  );
  const again = () => {
    warning.reload();
    issued.reload();
  };
  return (
    <section class="panel">
      <h2>{t("airWarning")}</h2>
      <Loaded resource={warning}>
        {(found) => <Standing found={found} file={issued.data?.items[0]} again={again} />}
      </Loaded>
    </section>
  );
}

function Standing({ found, file, again }: { found: Warning; file: Schemas["IncidentOut"] | undefined; again: () => void }) {
  const proposal = found.proposal as unknown as Proposal;
  const force = found.in_force as unknown as InForce;
  return (
    <>
      <dl class="facts">
        <div>
          <dt>{t("inForce")}</dt>
          <dd>
            <LevelMark level={file ? 1 + LEVELS.indexOf(file.level as (typeof LEVELS)[number]) : force.level} />{" "}
            {file ? (
              <a href={`/incidents/${file.id}`}>{file.id}</a>
            ) : force.assumed && force.level > 0 ? (
              <small>{t("inForceAssumed")}</small>
            ) : null}
          </dd>
        </div>
        {file ? (
          <div>
            <dt>{t("issuedBy")}</dt>
            <dd>
              {file.opened_by}, {instant(file.opened_at)}
            </dd>
          </div>
        ) : null}
        <div>
          <dt>{t("proposed")}</dt>
          <dd>
            {actionName(proposal.action)} <LevelMark level={proposal.level} /> <Why measure={found.measure} />
          </dd>
        </div>
        <div>
          <dt>{t("why")}</dt>
          <dd>{proposal.reason ? <Said text={proposal.reason} /> : "–"}</dd>
        </div>
        {proposal.begin ? (
          <div>
            <dt>{t("pollutionBegins")}</dt>
            <dd>{instant(proposal.begin)}</dd>
          </div>
        ) : null}
      </dl>
      {proposal.short_notice ? <p class="note">{t("shortNotice")}</p> : null}
      {proposal.health_notice ? <p class="note">{t("healthNotice")}</p> : null}
      <Days days={found.days as unknown as Day[]} />
      {file ? <p class="note">{t("liftByClosing")}</p> : null}
      {mayOperate.value && !file ? <Issue proposal={proposal} again={again} /> : null}
    </>
  );
}

function actionName(action: string): string {
  const key = `warn.${action}`;
  return hasText(key) ? t(key) : action;
}

const SHAPES = ["○", "△", "◆", "■"];

/** A level by shape, word and colour. */
function LevelMark({ level }: { level: number }) {
  const name = LEVELS[level - 1];
  return (
    <span class={`warn-level warn-${name ?? "none"}`}>
      {SHAPES[level] ?? ""} {t(name ? `warnLevel.${name}` : "warnLevel.none")}
    </span>
  );
}

/** The days that the proposal rests on: seen ones and forecast ones told apart in words. */
function Days({ days }: { days: readonly Day[] }) {
  return (
    <ol class="strip">
      {days.map((each) => (
        <li key={each.day} class={each.from === "forecast" ? "forecast" : ""}>
          <small>{each.day.slice(5)}</small>
          <span class={`mark-wide aqi-${levelOf(each.aqi)}`}>{each.aqi ?? "?"}</span>
          <small>{each.from ? t(`day.${each.from}`) : t("unknown")}</small>
        </li>
      ))}
    </ol>
  );
}

function Issue({ proposal, again }: { proposal: Proposal; again: () => void }) {
  const [level, setLevel] = useState<string>(LEVELS[proposal.level - 1] ?? "yellow");
  const [basis, setBasis] = useState("");
  const chosen = LEVELS.find((each) => each === level) ?? "yellow";
  const form = useForm(
    () => taken(api.POST("/api/v1/warnings/air/issue", { body: { level: chosen, basis } })),
    () => {
      setBasis("");
      again();
    },
  );
  return (
    <form class="filters" onSubmit={form.submit} aria-label={t("issueWarning")} noValidate>
      <ChoiceField
        form={form} name="level" label={t("warningLevel")} value={chosen} set={setLevel}
        choices={LEVELS.map((each) => [each, t(`warnLevel.${each}`)])}
      />
      <TextField form={form} name="basis" label={t("basis")} value={basis} set={setBasis} wide />
      <Submit form={form}>{t("issueWarning")}</Submit>
      <p class="note">
        {proposal.reason ? `${t("proposed")}${t("colon")}${said(proposal.reason)}${t("stop")}` : ""}
        {t("issueOpensChecklist")}
      </p>
    </form>
  );
}
