/** Forms: what was typed stays, and what is wrong is told beside the field it is about. */

import { useId, useState } from "preact/hooks";
import type { ComponentChildren, JSX } from "preact";
import { ApiError } from "../api/client";
import { t } from "../i18n";
import { said } from "../i18n/said";
import { sentence } from "../sentence";

export type Form = {
  busy: boolean;
  /** What is wrong as a whole; empty when it is told at fields. */
  failure: string;
  /** What is wrong by field, as the service names them. */
  fields: ReadonlyMap<string, string>;
  submit: (event: Event) => void;
};

const NOTHING: ReadonlyMap<string, string> = new Map();

/** A form that does `work`. After success `done` is called, which may empty the fields; after a failure they stay. */
export function useForm(work: () => Promise<unknown>, done: () => void): Form {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const [fields, setFields] = useState(NOTHING);
  const told = (error: unknown) => {
    const found = error instanceof ApiError ? error.errors : [];
    setFields(new Map(found.map((each) => [each.name, said(each.reason)])));
    setFailure(sentence(error));
  };
  const submit = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    work()
      .then(() => {
        setFailure("");
        setFields(NOTHING);
        done();
      }, told)
      .finally(() => {
        setBusy(false);
      });
  };
  return { busy, failure, fields, submit };
}

type Control = { id: string; "aria-invalid": boolean; "aria-describedby": string | undefined };
type FieldProps = { form: Form; name: string; label: string; wide?: boolean; children: (control: Control) => JSX.Element };

/** A labelled field, with what the service says is wrong with it. `name` is the service's, dotted. */
export function Field({ form, name, label, wide = false, children }: FieldProps) {
  const id = useId();
  const wrong = [...form.fields].find(([field]) => field === name || field.startsWith(`${name}.`))?.[1] ?? "";
  return (
    <div class={wide ? "field wide" : "field"}>
      <label for={id}>{label}</label>
      {children({ id, "aria-invalid": wrong !== "", "aria-describedby": wrong ? `${id}-wrong` : undefined })}
      {wrong ? (
        <small id={`${id}-wrong`} class="failure-text">
          {wrong}
        </small>
      ) : null}
    </div>
  );
}

/** The end of a form: its button, and what is wrong as a whole. */
export function Submit({ form, children }: { form: Form; children: ComponentChildren }) {
  return (
    <>
      <button type="submit" disabled={form.busy}>
        {children}
      </button>
      {form.failure ? (
        <p class="failure-text" role="alert">
          {form.fields.size > 0 ? t("fieldsWrong") : form.failure}
        </p>
      ) : null}
    </>
  );
}

type Choice = readonly [value: string, shown: string];
type Bound = { form: Form; name: string; label: string; value: string; set: (value: string) => void };

/** A field of text. */
export function TextField({ form, name, label, value, set, type = "text", wide = false, list }: Bound & {
  type?: "text" | "date" | "datetime-local";
  wide?: boolean;
  list?: string;
}) {
  return (
    <Field form={form} name={name} label={label} wide={wide}>
      {(control) => (
        <input
          {...control}
          {...(list ? { list } : {})}
          type={type}
          value={value}
          onInput={(event) => {
            set(event.currentTarget.value);
          }}
        />
      )}
    </Field>
  );
}

/** A field with choices. */
export function ChoiceField({ form, name, label, value, set, choices }: Bound & { choices: readonly Choice[] }) {
  return (
    <Field form={form} name={name} label={label}>
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={(event) => {
            set(event.currentTarget.value);
          }}
        >
          {choices.map(([each, shown]) => (
            <option key={each} value={each}>
              {shown}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
