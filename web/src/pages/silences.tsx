/** Silences and work orders: what keeps alerts quiet, until when and why; made and withdrawn here. */

import { useState } from "preact/hooks";
import { api, taken, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { fromLocal, instant, toLocal } from "../format";
import { t } from "../i18n";
import { cityNow, mayOperate } from "../session";
import { Doing } from "../ui/doing";
import { ChoiceField, Submit, TextField, useForm } from "../ui/form";
import { Loaded } from "../ui/loaded";

type Silence = Schemas["SilenceOut"];
const MATCHERS = ["within", "subject", "rule", "group", "severity", "district", "unit"] as const;
const KINDS = ["silence", "work_order"] as const;
const EVERY_MS = 15_000;
const HOUR_MS = 3_600_000;

export function Silences({ known }: { known: readonly string[] }) {
  const found = useResource("silences", (signal) => taken(api.GET("/api/v1/silences", { signal })), { every: EVERY_MS });
  return (
    <section class="panel">
      <h2>{t("silences")}</h2>
      <Loaded resource={found}>
        {({ items }) => {
          const now = cityNow.value ?? "";
          const shown = items.filter((each) => each.withdrawn_at === null && (now === "" || each.end > now));
          return shown.length ? <Table items={shown} reload={found.reload} /> : <p class="note">{t("noSilences")}</p>;
        }}
      </Loaded>
      {/* A form that opens before the city's time is known would begin with the wrong day. */}
      {mayOperate.value && cityNow.value ? <NewSilence known={known} made={found.reload} /> : null}
    </section>
  );
}

function Table({ items, reload }: { items: readonly Silence[]; reload: () => void }) {
  return (
    <div class="wide-table" tabIndex={0} role="region" aria-label={t("silences")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("kind")}</th>
            <th scope="col">{t("about")}</th>
            <th scope="col">{t("from")}</th>
            <th scope="col">{t("until")}</th>
            <th scope="col">{t("reason")}</th>
            <th scope="col">
              <span class="hidden">{t("withdraw")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((each) => (
            <tr key={each.id} data-silence={each.id}>
              <td>{t(`mute.${each.kind}`)}</td>
              <td>
                {Object.entries(each.matchers)
                  .map(([name, value]) => `${t(`matcher.${name as (typeof MATCHERS)[number]}`)} = ${value}`)
                  .join(t("pause"))}
              </td>
              <td>{instant(each.start)}</td>
              <td>{instant(each.end)}</td>
              <td>
                {each.reason}
                <small>{each.author}</small>
              </td>
              <td>
                {mayOperate.value ? (
                  <Doing
                    work={() => api.DELETE("/api/v1/silences/{silence_id}", { params: { path: { silence_id: each.id } } })}
                    done={reload}
                  >
                    {t("withdraw")}
                  </Doing>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A new one; `of`: the subject that it is about to begin with. */
export function NewSilence({ known, made, of = "" }: { known: readonly string[]; made: () => void; of?: string }) {
  const [kind, setKind] = useState<(typeof KINDS)[number]>("work_order");
  const [matcher, setMatcher] = useState<string>(of ? "subject" : "within");
  const [value, setValue] = useState(of);
  const begin = cityNow.value ?? new Date().toISOString();
  const [start, setStart] = useState(toLocal(begin));
  const [end, setEnd] = useState(toLocal(new Date(Date.parse(begin) + 2 * HOUR_MS).toISOString()));
  const [reason, setReason] = useState("");
  const form = useForm(
    () => {
      const body = { kind, matchers: { [matcher]: value }, start: fromLocal(start), end: fromLocal(end), reason };
      return taken(api.POST("/api/v1/silences", { body }));
    },
    () => {
      setValue(of);
      setReason("");
      made();
    },
  );
  return (
    <form class="filters" onSubmit={form.submit} aria-label={t("newSilence")} noValidate>
      <ChoiceField
        form={form} name="kind" label={t("kind")} value={kind}
        set={(each) => { setKind(each === "silence" ? "silence" : "work_order"); }}
        choices={KINDS.map((each) => [each, t(`mute.${each}`)])}
      />
      <ChoiceField
        form={form} name="matcher" label={t("about")} value={matcher} set={setMatcher}
        choices={MATCHERS.map((each) => [each, t(`matcher.${each}`)])}
      />
      <TextField form={form} name="matchers" label={t("matcherValue")} value={value} set={setValue} list="known-subjects" />
      <datalist id="known-subjects">
        {known.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <TextField form={form} name="start" label={t("from")} type="datetime-local" value={start} set={setStart} />
      <TextField form={form} name="end" label={t("until")} type="datetime-local" value={end} set={setEnd} />
      <TextField form={form} name="reason" label={t("reason")} value={reason} set={setReason} wide />
      <Submit form={form}>{t("newSilence")}</Submit>
    </form>
  );
}
