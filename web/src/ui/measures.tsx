/** One indicator over all scopes of a kind, as a table that says of how many, how many unknown, and why. */

import type { ComponentChildren } from "preact";
import { allPages, type Measure, type Schemas } from "../api/client";
import { useResource, type Resource } from "../api/resource";
import { t } from "../i18n";
import { Said } from "../i18n/said";
import { scopeName } from "../places";
import { Loaded } from "./loaded";
import { Bar, Counts, known, Value, Why } from "./measure";

const EVERY_MS = 20_000;

/** The measures of every scope of one kind, loaded again when one of this indicator changes. */
export function useMeasures(indicator: string, scopeKind: Schemas["ScopeKind"]): Resource<Measure[]> {
  const path = `/api/v1/indicators/${indicator}/measures?scope_kind=${scopeKind}&limit=1000`;
  return useResource(path, (signal) => allPages<Measure>(path, signal), {
    every: EVERY_MS,
    on: ["indicator.measure"],
    about: (event) => event.data["indicator"] === indicator,
  });
}

type Column = { title: string; cell: (measure: Measure) => ComponentChildren };
type Props = {
  title: string;
  rows: Resource<Measure[]>;
  names?: ReadonlyMap<string, string> | undefined;
  columns?: readonly Column[];
  /** Lowest value first. */
  worstFirst?: boolean;
  most?: number;
};

export function MeasureTable({ title, rows, names, columns = [], worstFirst = false, most = 1000 }: Props) {
  return (
    <section class="panel">
      <h2>{title}</h2>
      <Loaded resource={rows}>
        {(all) => {
          if (all.length === 0) return <p class="note">{t("notYet")}</p>;
          const ordered = worstFirst ? [...all].sort((a, b) => (known(a) ?? 1e9) - (known(b) ?? 1e9)) : all;
          return (
            <div class="scroll" tabIndex={0} role="region" aria-label={title}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t("scope")}</th>
                    <th scope="col">{t("value")}</th>
                    {columns.map((column) => (
                      <th key={column.title} scope="col">
                        {column.title}
                      </th>
                    ))}
                    <th scope="col">{t("counts")}</th>
                    <th scope="col">
                      <span class="hidden">{t("explain")}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {ordered.slice(0, most).map((measure) => (
                    <tr key={measure.scope} data-scope={measure.scope}>
                      <th scope="row">{scopeName(measure.scope, names)}</th>
                      <td>
                        <Value measure={measure} />
                      </td>
                      {columns.map((column) => (
                        <td key={column.title}>{column.cell(measure)}</td>
                      ))}
                      <td>
                        <Counts measure={measure} />
                        <Bar measure={measure} />
                      </td>
                      <td>
                        <Why measure={measure} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </Loaded>
    </section>
  );
}

/** One measure of the whole city, large. */
export function Headline({ indicator, title }: { indicator: string; title: string }) {
  const rows = useMeasures(indicator, "city");
  return (
    <section class="headline">
      <h2>{title}</h2>
      <Loaded resource={rows}>
        {([measure]) =>
          measure ? (
            <>
              <p class="big">
                <Value measure={measure} />
              </p>
              <p>
                <Counts measure={measure} /> <Why measure={measure} />
              </p>
              <Bar measure={measure} />
              {measure.verdict_allowed || !measure.reason ? null : (
                <p class="note">
                  <Said text={measure.reason} />
                </p>
              )}
            </>
          ) : (
            <p class="note">{t("notYet")}</p>
          )
        }
      </Loaded>
    </section>
  );
}
