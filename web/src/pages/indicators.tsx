/** Every indicator with its value for the whole city. */

import { isKept, useCatalogue, type Info } from "../api/catalogue";
import { t } from "../i18n";
import { Said } from "../i18n/said";
import { scopeKind } from "../places";
import { lang } from "../session";
import { Sparkline } from "../ui/history";
import { Loaded } from "../ui/loaded";
import { Bar, Counts, Value, Why } from "../ui/measure";
import { useMeasures } from "../ui/measures";

export function Indicators() {
  const catalogue = useCatalogue();
  return (
    <section>
      <h1>{t("indicators")}</h1>
      <Loaded resource={catalogue}>
        {({ items }) => (
          <div class="cards">
            {items.map((info) => (
              <Card key={info.name} info={info} />
            ))}
          </div>
        )}
      </Loaded>
    </section>
  );
}

function Card({ info }: { info: Info }) {
  return (
    <article class="panel">
      <h2>
        <a href={`/indicators/${info.name}`}>{lang.value === "zh" ? info.title : info.title_en}</a>
      </h2>
      {info.scopes.includes("city") ? <OfCity info={info} /> : <p class="note">{info.scopes.map(scopeKind).join(t("comma"))}</p>}
      <p class="note">
        <Said text={info.source} />
      </p>
    </article>
  );
}

function OfCity({ info }: { info: Info }) {
  const rows = useMeasures(info.name, "city");
  return (
    <Loaded resource={rows}>
      {([measure]) =>
        measure ? (
          <>
            <p class="figure">
              <Value measure={measure} /> <Counts measure={measure} /> <Why measure={measure} />
            </p>
            <Bar measure={measure} />
            {isKept([info], measure) ? <Sparkline indicator={info.name} scope="city" /> : null}
          </>
        ) : (
          <p class="note">{t("notYet")}</p>
        )
      }
    </Loaded>
  );
}
