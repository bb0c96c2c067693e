/** Every row of the plan against its live measure, worst first. */

import { useState } from "preact/hooks";
import { isKept, useCatalogue, type Info } from "../api/catalogue";
import { api, taken, type Assessment, type Verdict } from "../api/client";
import { namesOf, usePlaces } from "../api/places";
import { useResource } from "../api/resource";
import { quantity } from "../format";
import { t } from "../i18n";
import { Said } from "../i18n/said";
import { scopeName } from "../places";
import { session } from "../session";
import { Sparkline } from "../ui/history";
import { Loaded } from "../ui/loaded";
import { Bar, Counts, Coverage, Value, Why } from "../ui/measure";
import { VerdictMark, WORST_FIRST } from "../ui/verdict";
import { Now } from "./overview-now";

const EVENTS = ["target.verdict", "indicator.measure"];
const EVERY_MS = 15_000;

export function Overview() {
  const targets = useResource("targets", (signal) => taken(api.GET("/api/v1/targets", { signal })), {
    every: EVERY_MS,
    on: EVENTS,
  });
  return (
    <section>
      <h1>{t("overview")}</h1>
      <Hint />
      <Now />
      <p class="intro">{t("targetsIntro")}</p>
      <Loaded resource={targets}>{(data) => <Targets items={data.items} />}</Loaded>
    </section>
  );
}

function Targets({ items }: { items: readonly Assessment[] }) {
  const catalogue = useCatalogue().data?.items ?? [];
  const names = namesOf(usePlaces("river_section").data);
  const [only, setOnly] = useState<Verdict | null>(null);
  const shown = sorted(items.filter((each) => only === null || each.verdict === only));
  return (
    <>
      <div class="chips" role="group" aria-label={t("verdict")}>
        <Chip on={only === null} click={() => { setOnly(null); }} text={`${t("all")} ${items.length}`} />
        {WORST_FIRST.map((verdict) => {
          const count = items.filter((each) => each.verdict === verdict).length;
          if (count === 0) return null;
          const text = `${t(`verdict.${verdict}`)} ${count}`;
          return <Chip key={verdict} on={only === verdict} click={() => { setOnly(verdict); }} text={text} kind={verdict} />;
        })}
      </div>
      <table class="targets">
        <thead>
          <tr>
            <th scope="col">{t("verdict")}</th>
            <th scope="col">{t("item")}</th>
            <th scope="col">{t("wording")}</th>
            <th scope="col">{t("limit")}</th>
            <th scope="col">{t("value")}</th>
            <th scope="col">{t("counts")}</th>
            <th scope="col">
              <span class="hidden">{t("explain")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((each) => (
            <Row key={each.target.id} assessment={each} catalogue={catalogue} names={names} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function Chip(props: { on: boolean; click: () => void; text: string; kind?: Verdict }) {
  return (
    <button type="button" class={`chip ${props.kind ?? ""}`} aria-pressed={props.on} onClick={props.click}>
      {props.text}
    </button>
  );
}

type RowProps = { assessment: Assessment; catalogue: readonly Info[]; names: ReadonlyMap<string, string> };

function Row({ assessment, catalogue, names }: RowProps) {
  const { target, measure, verdict, reason } = assessment;
  return (
    <tr class={verdict} data-target={target.id}>
      <td>
        <VerdictMark verdict={verdict} />
      </td>
      <td>
        {target.item}
        <small>{scopeName(target.scope, names)}</small>
      </td>
      <td>
        <q>{target.wording}</q>
        <small>{target.bureau.join(t("comma"))}</small>
        {reason ? (
          <small class="reason">
            <Said text={reason} />
          </small>
        ) : null}
      </td>
      <td>
        <Limit target={target} />
      </td>
      <td>{measure ? <Value measure={measure} /> : "–"}</td>
      <td>
        {measure ? (
          <>
            <Counts measure={measure} />
            <Bar measure={measure} limit={target.direction === ">=" ? target.limit : null} />
            <Coverage measure={measure} />
            {isKept(catalogue, measure) ? <Sparkline indicator={measure.indicator} scope={measure.scope} /> : null}
          </>
        ) : (
          "–"
        )}
      </td>
      <td>{measure ? <Why measure={measure} /> : null}</td>
    </tr>
  );
}

/** A number stays on one line with its unit. */
function Limit({ target }: { target: Assessment["target"] }) {
  if (target.limit === null) return <>–</>;
  return (
    <>
      {target.direction === "<=" ? t("atMost") : t("atLeast")} <span class="whole">{quantity(target.limit, target.unit)}</span>
    </>
  );
}

/** Worst verdict first; within one, the largest shortfall first, then the plan's order. */
export function sorted(items: readonly Assessment[]): Assessment[] {
  const rank = (each: Assessment) => WORST_FIRST.indexOf(each.verdict);
  return [...items].sort((a, b) => rank(a) - rank(b) || shortfall(b) - shortfall(a));
}

function shortfall({ target, measure }: Assessment): number {
  if (target.limit === null || measure?.value == null) return 0;
  return target.direction === "<=" ? measure.value - target.limit : target.limit - measure.value;
}

/** Says once what the demo shows. */
function Hint() {
  const [seen, setSeen] = useState(localStorage.getItem("hint-seen") !== null);
  if (seen || session.value?.simulated !== true) return null;
  return (
    <aside class="hint">
      <h2>{t("hintTitle")}</h2>
      <p>{t("hint")}</p>
      <button
        type="button"
        onClick={() => {
          localStorage.setItem("hint-seen", "yes");
          setSeen(true);
        }}
      >
        {t("gotIt")}
      </button>
    </aside>
  );
}
