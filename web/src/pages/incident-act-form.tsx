/** One form for all that people do with a case file. What is wrong is told at its field, and what was typed stays. */

import { useState } from "preact/hooks";
import { act, type Case } from "../api/incidents";
import { fromLocal, toLocal } from "../format";
import { t } from "../i18n";
import { cityNow } from "../session";
import { ChoiceField, Submit, TextField, useForm } from "../ui/form";
import { asked, offered, timeOf, wordsOf, type Act } from "./incident-acts";

const DAY_MS = 86_400_000;

export function ActForm({ file, reload }: { file: Case; reload: () => void }) {
  const acts = offered(file);
  const [wanted, setWanted] = useState("");
  const { act: now, units } = acts.find((each) => each.act === wanted) ?? acts[0] ?? { act: "comment" as Act, units: [] };
  const [other, setOther] = useState(file.unit);
  const [chosen, setChosen] = useState("");
  const [words, setWords] = useState("");
  const [at, setAt] = useState("");
  const unit = units.includes(chosen) ? chosen : (units[0] ?? other);
  const time = timeOf(now);
  const when = at || toLocal(suggested(file, unit, time));
  const form = useForm(
    () => act(file.id, asked(now, unit, words, time ? fromLocal(when) : "")),
    () => {
      setWanted("");
      setWords("");
      setAt("");
      reload();
    },
  );
  const word = wordsOf(now);
  return (
    <section class="panel">
      <h2>{t("actNow")}</h2>
      <form class="filters" onSubmit={form.submit} aria-label={t("actNow")} noValidate>
        <ChoiceField
          form={form} name="action" label={t("act")} value={now} set={setWanted}
          choices={acts.map((each) => [each.act, t(`do.${each.act}`)])}
        />
        {now === "dispatch" ? (
          <TextField form={form} name={`${now}.unit`} label={t("unit")} value={other} set={setOther} />
        ) : units.length > 0 ? (
          <ChoiceField
            form={form} name={`${now}.unit`} label={t("unit")} value={unit} set={setChosen}
            choices={units.map((each) => [each, each])}
          />
        ) : null}
        {time ? (
          <TextField form={form} name={`${now}.${time}`} label={t(`act.${time}`)} type="datetime-local" value={when} set={setAt} />
        ) : null}
        {word ? (
          <TextField form={form} name={`${now}.${word}`} label={t(`act.${word}`)} value={words} set={setWords} wide />
        ) : null}
        <Submit form={form}>{t(`do.${now}`)}</Submit>
      </form>
    </section>
  );
}

/** A day more than the limit for 延期, a day from now for 挂起: what the officer most often means, to be changed. */
function suggested(file: Case, unit: string, time: "due" | "until" | null): string {
  const due = file.tasks.find((task) => task.unit === unit && task.state !== "returned")?.due;
  const from = (time === "due" ? due : undefined) ?? cityNow.value ?? new Date().toISOString();
  return new Date(Date.parse(from) + DAY_MS).toISOString();
}
