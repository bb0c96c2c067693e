/** One case file: its parts with their time limits, what may be done next, and who did what. */

import { useRoute } from "preact-iso";
import { caseState, caseTitle } from "../alerts";
import { api, taken } from "../api/client";
import { act, type Case } from "../api/incidents";
import { useAuthors, type NameOf } from "../api/people";
import { useResource } from "../api/resource";
import { useRuleTitles } from "../api/rules";
import { instant } from "../format";
import { hasText, t } from "../i18n";
import { mayOperate } from "../session";
import { AlertLink } from "../ui/alert-link";
import { Doing } from "../ui/doing";
import { Loaded } from "../ui/loaded";
import { SeverityMark } from "../ui/severity";
import { ActForm } from "./incident-act-form";
import { Offers } from "./incident-offers";
import { Reports } from "./incident-reports";

export function IncidentPage() {
  const id = useRoute().params["id"] ?? "";
  const path = { path: { case_id: id } };
  const found = useResource(
    `incident ${id}`,
    (signal) => taken(api.GET("/api/v1/incidents/{case_id}", { params: path, signal })),
    { on: ["incident.changed"] },
  );
  return (
    <section>
      <Loaded resource={found}>{(file) => <Shown file={file} reload={found.reload} />}</Loaded>
    </section>
  );
}

function Shown({ file, reload }: { file: Case; reload: () => void }) {
  const nameOf = useAuthors(useRuleTitles());
  return (
    <>
      <h1>
        {caseTitle(file)} <small>{file.id}</small>
      </h1>
      <p class="figure">
        <SeverityMark severity={file.severity} /> {caseState(file)} · {t("openedBy")}{" "}
        {nameOf(file.opened_by)}
        {t("pause")}
        {instant(file.opened_at)}
      </p>
      {file.recovered_at ? (
        <p class="note">
          {t("recoveredAt")} {instant(file.recovered_at)}. {t("neverCloses")}
        </p>
      ) : null}
      {file.text ? <p>{file.text}</p> : null}
      {file.alerts.length > 0 ? <Alerts ids={file.alerts} /> : null}
      <Reports file={file} reload={reload} />
      <Tasks file={file} />
      <Checklist file={file} reload={reload} />
      <Offers file={file} reload={reload} />
      {mayOperate.value ? <ActForm file={file} reload={reload} /> : null}
      <History key={file.version} id={file.id} nameOf={nameOf} />
    </>
  );
}

/** The alerts that it is about: the one that opened it first, some of them by their titles. */
function Alerts({ ids }: { ids: readonly string[] }) {
  return (
    <ul class="plain" aria-label={t("alerts")}>
      {ids.slice(0, NAMED).map((id) => (
        <li key={id}>
          <AlertLink id={id} />
        </li>
      ))}
      {ids.length > NAMED ? <li class="note">{t("shownOf", { shown: NAMED, total: ids.length })}</li> : null}
    </ul>
  );
}

const NAMED = 5;

function Tasks({ file }: { file: Case }) {
  if (file.tasks.length === 0) return null;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("unit")}</th>
          <th scope="col">{t("state")}</th>
          <th scope="col">{t("due")}</th>
          <th scope="col">{t("note")}</th>
        </tr>
      </thead>
      <tbody>
        {file.tasks.map((task) => (
          <tr key={`${task.unit} ${task.started}`}>
            <th scope="row">{task.unit}</th>
            <td>{t(`task.${task.state}`)}</td>
            <td class={`card-${task.card}`}>
              {instant(task.due)} {t(`card.${task.card}`)}
              {task.suspended_until ? <small>{t("suspendedUntil", { at: instant(task.suspended_until) })}</small> : null}
            </td>
            <td>{task.note}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Checklist({ file, reload }: { file: Case; reload: () => void }) {
  if (file.checklist.length === 0) return null;
  return (
    <section class="panel">
      <h2>{t("checklist")}</h2>
      <ul>
        {file.checklist.map((line) => (
          <li key={line.id}>
            {line.unit}
            {t("colon")}
            {line.text}{" "}
            {line.done_at ? (
              <small>
                {t("done")} {line.done_by}
                {t("pause")}
                {instant(line.done_at)}
              </small>
            ) : mayOperate.value ? (
              <Doing work={() => act(file.id, { action: "tick", measure: line.id, done: true })} done={reload}>
                {t("done")}
              </Doing>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function History({ id, nameOf }: { id: string; nameOf: NameOf }) {
  const steps = useResource(`steps ${id}`, (signal) =>
    taken(api.GET("/api/v1/incidents/{case_id}/history", { params: { path: { case_id: id } }, signal })),
  );
  return (
    <section class="panel">
      <h2>{t("caseHistory")}</h2>
      <Loaded resource={steps}>
        {({ items }) => (
          <ol class="steps">
            {items.map((step) => {
              const key = `do.${step.action}`;
              const said = [step.detail["unit"], step.detail["note"] ?? step.detail["text"] ?? step.detail["reason"]];
              return (
                <li key={step.at + step.action}>
                  {instant(step.at)} {nameOf(step.author)}
                  {t("colon")}
                  {hasText(key) ? t(key) : step.action}{" "}
                  {said.filter((part) => typeof part === "string" && part !== "").join(t("pause"))}
                </li>
              );
            })}
          </ol>
        )}
      </Loaded>
    </section>
  );
}
