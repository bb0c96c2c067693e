/** One indicator over its scopes, and its history for the one that was chosen. */

import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { useCatalogue, type Info } from "../api/catalogue";
import type { Schemas } from "../api/client";
import { t } from "../i18n";
import { Said } from "../i18n/said";
import { scopeKind, scopeName } from "../places";
import { lang } from "../session";
import { HistoryChart } from "../ui/history";
import { Loaded } from "../ui/loaded";
import { MeasureTable, useMeasures } from "../ui/measures";

type ScopeKind = Schemas["ScopeKind"];

export function IndicatorPage() {
  const name = useRoute().params["name"] ?? "";
  const catalogue = useCatalogue();
  return (
    <Loaded resource={catalogue}>
      {({ items }) => {
        const info = items.find((each) => each.name === name);
        return info ? <Shown key={name} info={info} /> : <h1>{t("notFound")}</h1>;
      }}
    </Loaded>
  );
}

function Shown({ info }: { info: Info }) {
  const kinds = info.scopes as ScopeKind[];
  const [kind, setKind] = useState<ScopeKind>(kinds[0] ?? "city");
  const [scope, setScope] = useState("city");
  const rows = useMeasures(info.name, kind);
  const kept = info.kept_scopes.includes(scope.split(":")[0] ?? "");
  const title = lang.value === "zh" ? info.title : info.title_en;
  return (
    <section>
      <h1>
        {title} <small><Said text={info.source} /></small>
      </h1>
      <div class="chips" role="group" aria-label={t("scope")}>
        {kinds.map((each) => (
          <button
            key={each}
            type="button"
            class="chip"
            aria-pressed={each === kind}
            onClick={() => {
              setKind(each);
            }}
          >
            {scopeKind(each)}
          </button>
        ))}
      </div>
      {kept ? <HistoryChart indicator={info.name} scope={scope} title={`${t("history")}${t("colon")}${scopeName(scope)}`} /> : null}
      <MeasureTable
        title={title}
        rows={rows}
        columns={[
          {
            title: t("history"),
            cell: (measure) =>
              info.kept_scopes.includes(kind) ? (
                <button
                  type="button"
                  aria-pressed={measure.scope === scope}
                  onClick={() => {
                    setScope(measure.scope);
                  }}
                >
                  {t("trend")}
                </button>
              ) : (
                "–"
              ),
          },
        ]}
      />
    </section>
  );
}
