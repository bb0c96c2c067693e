/** Why a figure is what it is: one dialog for the whole page, opened from each number. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { titleOf, useCatalogue } from "../api/catalogue";
import { api, taken } from "../api/client";
import { useResource } from "../api/resource";
import { instant, number } from "../format";
import { t } from "../i18n";
import { said, Said } from "../i18n/said";
import { figureName } from "../kinds";
import { scopeName } from "../places";
import { valueOf } from "../words";
import { Loaded } from "./loaded";
import { Bar, Counts, Value } from "./measure";

const asked = signal<{ indicator: string; scope: string; at: string | undefined } | null>(null);

/** Open the dialog for an indicator and a scope, now or as of a past instant. */
export function explain(indicator: string, scope: string, at?: string): void {
  asked.value = { indicator, scope, at };
}

export function ExplainDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = asked.value !== null;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const shut = () => {
    asked.value = null;
  };
  return (
    <dialog ref={dialog} class="explain" aria-labelledby="explain-title" onClose={shut}>
      <header>
        <h2 id="explain-title">{t("explainTitle")}</h2>
        <button type="button" onClick={shut}>
          {t("close")}
        </button>
      </header>
      {asked.value ? <Explained {...asked.value} /> : null}
    </dialog>
  );
}

function Explained({ indicator, scope, at }: { indicator: string; scope: string; at: string | undefined }) {
  const query = at === undefined ? { scope } : { scope, at };
  const found = useResource(`${indicator} ${scope} ${at ?? ""}`, (signal) =>
    taken(api.GET("/api/v1/indicators/{name}/explain", { params: { path: { name: indicator }, query }, signal })),
  );
  const catalogue = useCatalogue().data;
  return (
    <Loaded resource={found}>
      {(data) => (
        <>
          <p class="figure">
            {titleOf(catalogue?.items ?? [], indicator)} · {scopeName(scope)} · {instant(data.measure.at)}
            <br />
            <Value measure={data.measure} /> <Counts measure={data.measure} />
          </p>
          <Bar measure={data.measure} />
          {data.measure.reason ? <p class="note"><Said text={data.measure.reason} /></p> : null}
          <h3>{t("standard")}</h3>
          <p>
            <Said text={data.source} />
          </p>
          <h3>{t("steps")}</h3>
          <ol class="steps">
            {data.steps.map((step) => (
              <li key={step.text}>
                <Said text={step.text} />
                {t("colon")}
                <strong>{said(step.result)}</strong>
                {step.clause ? <small> {said(step.clause)}</small> : null}
              </li>
            ))}
          </ol>
          <h3>{t("inputs", { used: number(data.inputs_used, 0), total: number(data.inputs_total, 0) })}</h3>
          <div class="scroll" tabIndex={0} role="region" aria-label={t("says")}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("device")}</th>
                  <th scope="col">{t("used")}</th>
                  <th scope="col">{t("at")}</th>
                  <th scope="col">{t("says")}</th>
                </tr>
              </thead>
              <tbody>
                {data.inputs.map((input) => (
                  <tr key={input.device}>
                    <td>
                      <a href={`/devices/${encodeURIComponent(input.device)}`} onClick={() => (asked.value = null)}>
                        {input.name || input.device}
                      </a>
                    </td>
                    <td>{input.used ? t("used") : `${t("leftOut")}${t("colon")}${said(input.why)}`}</td>
                    <td>{instant(input.at)}</td>
                    <td class="says">{summary(input.says)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Loaded>
  );
}

/** What another part of the same input says in words. */
const TWICE = new Set(["section", "name", "target", "class", "colour", "reason", "below"]);

function summary(says: Record<string, unknown>): string {
  return Object.entries(says)
    .filter(([name, value]) => typeof value !== "object" && !TWICE.has(name))
    .map(([name, value]) => `${figureName(name)} ${said(valueOf(name, value))}`)
    .join(t("pause"));
}
