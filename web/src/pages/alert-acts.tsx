/** What a person may do about an alert: take it, put it aside, keep it quiet. */

import { useState } from "preact/hooks";
import { acknowledge, type AlertDetail } from "../api/alerts";
import { api, taken } from "../api/client";
import { untaken } from "../api/open-alerts";
import { fromLocal, toLocal } from "../format";
import { t } from "../i18n";
import { cityNow, mayOperate } from "../session";
import { Doing } from "../ui/doing";
import { Submit, TextField, useForm } from "../ui/form";
import { NewSilence } from "./silences";

type Props = { alert: AlertDetail; reload: () => void };
const HOUR_MS = 3_600_000;
/** Nobody has taken it, also not before it became unknown. */
const waits = (alert: AlertDetail) => untaken(alert) && !alert.acknowledged_by;

/** The one thing that matters at night on a telephone: a button where the thumb is. */
export function TakeIt({ alert, reload }: Props) {
  if (!mayOperate.value || !alert.open || !waits(alert)) return null;
  return (
    <div class="take-it">
      <Doing work={() => acknowledge(alert.id)} done={reload}>
        {t("takeIt")}
      </Doing>
    </div>
  );
}

export function AlertActs({ alert, reload }: Props) {
  if (!mayOperate.value || !alert.open || !cityNow.value) return null;
  return (
    <section class="panel">
      <h2>{t("actNow")}</h2>
      {waits(alert) ? <AcknowledgeForm alert={alert} reload={reload} /> : null}
      {alert.state === "shelved" ? <Unshelve alert={alert} reload={reload} /> : <ShelveForm alert={alert} reload={reload} now={cityNow.value} />}
      <details>
        <summary>{t("newSilence")}</summary>
        <NewSilence known={[alert.subject, alert.group, alert.rule, ...alert.within]} made={reload} of={alert.subject} />
      </details>
    </section>
  );
}

function AcknowledgeForm({ alert, reload }: Props) {
  const [words, setWords] = useState("");
  const form = useForm(() => acknowledge(alert.id, words), reload);
  return (
    <form class="filters" onSubmit={form.submit} aria-label={t("ackWithWords")} noValidate>
      <TextField form={form} name="comment" label={t("comment")} value={words} set={setWords} wide />
      <Submit form={form}>{t("ackWithWords")}</Submit>
    </form>
  );
}

function ShelveForm({ alert, reload, now }: Props & { now: string }) {
  const [until, setUntil] = useState(toLocal(new Date(Date.parse(now) + HOUR_MS).toISOString()));
  const [words, setWords] = useState("");
  const form = useForm(
    () => taken(api.POST("/api/v1/alerts/{alert_id}/shelve", { params: { path: { alert_id: alert.id } }, body: { until: fromLocal(until), comment: words } })),
    reload,
  );
  return (
    <form class="filters" onSubmit={form.submit} aria-label={t("shelve")} noValidate>
      <TextField form={form} name="until" label={t("shelveUntil")} type="datetime-local" value={until} set={setUntil} />
      <TextField form={form} name="comment" label={t("reason")} value={words} set={setWords} wide />
      <Submit form={form}>{t("shelve")}</Submit>
    </form>
  );
}

function Unshelve({ alert, reload }: Props) {
  return (
    <p>
      <Doing
        work={() => taken(api.POST("/api/v1/alerts/{alert_id}/unshelve", { params: { path: { alert_id: alert.id } }, body: { comment: "" } }))}
        done={reload}
      >
        {t("unshelve")}
      </Doing>
    </p>
  );
}
