/** Alarm quality by ISA-18.2 and EEMUA 191: what the alarms of a shift or day asked of its officers, limits beside. */

import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import { alertPlace } from "../alerts";
import { api, taken, type Schemas } from "../api/client";
import { ALERT_EVENTS } from "../api/live";
import type { NameOf } from "../api/people";
import { useResource } from "../api/resource";
import { useRuleTitles } from "../api/rules";
import { instant, number, span } from "../format";
import { t } from "../i18n";
import { Said } from "../i18n/said";
import { FactList } from "../ui/fact-list";
import { Loaded } from "../ui/loaded";

type By = Schemas["By"];
type Quality = Schemas["QualityOut"];
const BYS: readonly By[] = ["day", "shift"];
const EVERY_MS = 60_000;

export function AlarmQuality() {
  const [by, setBy] = useState<By>("day");
  const [start, setStart] = useState("");
  const found = useResource(
    `alarm quality ${by}`,
    (signal) => taken(api.GET("/api/v1/alarm-quality", { params: { query: { by } }, signal })),
    { every: EVERY_MS, on: ALERT_EVENTS },
  );
  return (
    <section>
      <h1>{t("alarmQuality")}</h1>
      <p class="note">
        {t("qualityIntro")} <a href="/alerts">{t("alerts")}</a>
      </p>
      <div class="chips" role="group" aria-label={t("period")}>
        {BYS.map((each) => (
          <button key={each} type="button" class="chip" aria-pressed={by === each} onClick={() => { setBy(each); setStart(""); }}>
            {t(`by.${each}`)}
          </button>
        ))}
      </div>
      <Loaded resource={found}>
        {({ items, kept_since }) => {
          const shown = items.find((each) => each.start === start) ?? items.at(-1);
          const older = kept_since === null ? null : <p class="note">{t("keptSince", { at: instant(kept_since) })}</p>;
          if (shown === undefined) return older ?? <p class="note">{t("none")}</p>;
          return (
            <>
              {older}
              <div class="filters"><label>
                {t("period")}
                <select value={shown.start} onChange={(event) => { setStart(event.currentTarget.value); }}>
                  {[...items].reverse().map((each) => (
                    <option key={each.start} value={each.start}>
                      {`${each.name} ${each.title}`.trim()}
                    </option>
                  ))}
                </select>
              </label></div>
              <Shown quality={shown} />
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function Shown({ quality }: { quality: Quality }) {
  const running = quality.until < quality.end;
  const ruleTitle = useRuleTitles();
  return (
    <>
      <p>
        <strong>{t("alarmsRang", { count: number(quality.alarms, 0) })}</strong> · {t("officersOn", { count: number(quality.officers) })}
        {quality.unstaffed_minutes > 0 ? ` · ${t("unstaffed", { minutes: number(quality.unstaffed_minutes, 0) })}` : ""}
        {running ? ` · ${t("runsStill", { until: instant(quality.until) })}` : ""}
      </p>
      <Held items={quality.held} />
      <div class="panels">
        <Waits title={t("timeToAcknowledge")} waits={quality.time_to_acknowledge} />
        <Waits title={t("timeToClear")} waits={quality.time_to_clear} />
        <Often title={t("topTen")} items={quality.top} ruleTitle={ruleTitle} />
        <Often title={t("figure.chattering")} items={quality.chattering} ruleTitle={ruleTitle} />
        <Floods items={quality.floods} />
        <Stale items={quality.stale} ruleTitle={ruleTitle} />
      </div>
    </>
  );
}

function Held({ items }: { items: readonly Schemas["HeldOut"][] }) {
  return (
    <div class="wide-table" tabIndex={0} role="region" aria-label={t("alarmQuality")}>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{t("figureName")}</th>
            <th scope="col">{t("value")}</th>
            <th scope="col">{t("verdict")}</th>
            <th scope="col">{t("acceptable")}</th>
            <th scope="col">{t("manageable")}</th>
            <th scope="col">{t("standard")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((held) => (
            <tr key={held.figure} data-figure={held.figure}>
              <th scope="row">
                {t(`figure.${held.figure}`)}
                <small>
                  <Said text={held.unit} />
                </small>
              </th>
              <td class="counts">{number(held.value, 2)}</td>
              <td>
                <span class={`standing ${held.standing}`}>{t(`standing.${held.standing}`)}</span>
              </td>
              <td class="counts">{limit(held)}</td>
              <td class="counts">{held.manageable === null ? "–" : `≤ ${number(held.manageable)}`}</td>
              <td>
                <small>{held.source}</small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function limit({ acceptable, below, goal }: Schemas["HeldOut"]): string {
  return `${goal ? "≈" : below ? "<" : "≤"} ${number(acceptable)}`;
}

function Waits({ title, waits }: { title: string; waits: Schemas["WaitsOut"] }) {
  const facts: [string, string][] = [
    [t("median"), lasted(waits.median_s)],
    [t("p90"), lasted(waits.p90_s)],
    [t("happened"), number(waits.count, 0)],
    [t("waitingStill"), number(waits.still, 0)],
    [t("neverHappened"), number(waits.never, 0)],
  ];
  return (
    <section class="panel">
      <h2>{title}</h2>
      <FactList facts={facts} />
    </section>
  );
}

/** A span in whole seconds, from two minutes on in whole minutes. */
function lasted(seconds: number | null): string {
  return seconds === null ? "–" : span(seconds < 120 ? Math.round(seconds) : 60 * Math.round(seconds / 60));
}

function Often({ title, items, ruleTitle }: { title: string; items: readonly Schemas["OftenOut"][]; ruleTitle: NameOf }) {
  return (
    <List title={title}>
      {items.map((each) => (
        <Alarm key={each.alert} {...each} ruleTitle={ruleTitle} much={`${number(each.alarms, 0)} (${number(each.share)} %)`} />
      ))}
    </List>
  );
}

function Floods({ items }: { items: readonly Schemas["FloodOut"][] }) {
  return (
    <List title={t("floods")}>
      {items.map((each) => (
        <li key={each.start}>
          {`${instant(each.start)} – ${instant(each.end)}`} <small>{t("alarmsRang", { count: number(each.alarms, 0) })}</small>
        </li>
      ))}
    </List>
  );
}

function Stale({ items, ruleTitle }: { items: readonly Schemas["StandingOut"][]; ruleTitle: NameOf }) {
  return (
    <List title={t("figure.stale")}>
      {items.map((each) => (
        <Alarm key={each.alert} {...each} ruleTitle={ruleTitle} much={t("sinceWhen", { at: instant(each.since) })} />
      ))}
    </List>
  );
}

type AlarmProps = Pick<Schemas["StandingOut"], "alert" | "rule" | "subject" | "name"> & { ruleTitle: NameOf; much: string };

/** What rings and where, by name, with the way to the newest alert of it; the code of a device stands below its name. */
function Alarm({ alert, rule, subject, name, ruleTitle, much }: AlarmProps) {
  const place = alertPlace({ subject, name });
  const code = subject.slice(subject.indexOf(":") + 1);
  return (
    <li>
      <a href={`/alerts/${alert}`}>{`${ruleTitle(rule)}${t("colon")}${place}`}</a> <small>{much}</small>
      {subject.startsWith("device:") && place !== code ? <small class="code">{code}</small> : null}
    </li>
  );
}

function List({ title, children }: { title: string; children: readonly ComponentChild[] }) {
  return (
    <section class="panel">
      <h2>{title}</h2>
      {children.length === 0 ? <p class="note">{t("none")}</p> : <ul class="plain">{children}</ul>}
    </section>
  );
}
