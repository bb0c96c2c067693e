/** Cabinets: how each stands now, how it was switched last night, and the lamps behind it. Those in trouble first. */

import { useState } from "preact/hooks";
import { api, taken, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { clock, number } from "../format";
import { t } from "../i18n";
import { said } from "../i18n/said";
import { Loaded } from "../ui/loaded";
import { Why } from "../ui/measure";

type Cabinet = Schemas["CabinetOut"];
type Switching = Schemas["SwitchingOut"] | null;
const STATES = ["supply_lost", "tripped", "unknown", "feeding", "off"] as const;
const STEP = 50;
const MOST = 500;
const EVERY_MS = 20_000;
const EVENTS = ["cabinet.event", "register.changed"];

export function Cabinets() {
  const [trouble, setTrouble] = useState(false);
  const [limit, setLimit] = useState(STEP);
  const query = { trouble, limit };
  const found = useResource(
    `cabinets ${trouble} ${limit}`,
    (signal) => taken(api.GET("/api/v1/lighting/cabinets", { params: { query }, signal })),
    { every: EVERY_MS, on: EVENTS },
  );
  return (
    <section class="panel">
      <h2>{t("cabinets")}</h2>
      <p class="note">{t("cabinetsHint")}</p>
      <label class="check">
        <input
          type="checkbox"
          checked={trouble}
          onChange={(event) => {
            setTrouble(event.currentTarget.checked);
          }}
        />{" "}
        {t("onlyTrouble")}
      </label>
      <Loaded resource={found}>
        {({ states, items }) => {
          const total = STATES.reduce((sum, each) => sum + (trouble && (each === "feeding" || each === "off") ? 0 : (states[each] ?? 0)), 0);
          return (
            <>
              <p>
                {STATES.filter((each) => (states[each] ?? 0) > 0).map((each) => (
                  <span key={each} class={`cabinet-state ${each}`}>
                    {t(`cabinet.${each}`)} {number(states[each] ?? 0, 0)}
                  </span>
                ))}
              </p>
              {items.length === 0 ? <p class="note">{t(trouble ? "noTrouble" : "none")}</p> : <Table items={items} />}
              <More shown={items.length} total={total} more={limit < MOST ? () => { setLimit(Math.min(MOST, limit * 2)); } : undefined} />
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

/** How much of a list is shown, and the way to more of it. */
export function More({ shown, total, more }: { shown: number; total: number; more: (() => void) | undefined }) {
  if (shown >= total) return null;
  return (
    <p>
      <span class="note">{t("shownOf", { shown: number(shown, 0), total: number(total, 0) })}</span>{" "}
      {more ? (
        <button type="button" onClick={more}>
          {t("showMore")}
        </button>
      ) : null}
    </p>
  );
}

function Table({ items }: { items: readonly Cabinet[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("cabinets")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("name")}</th>
            <th scope="col">{t("state")}</th>
            <th scope="col">{t("switchedOn")}</th>
            <th scope="col">{t("switchedOff")}</th>
            <th scope="col">{t("lampsBehind")}</th>
            <th scope="col">
              <span class="hidden">{t("explain")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((each) => (
            <Row key={each.id} cabinet={each} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ cabinet }: { cabinet: Cabinet }) {
  const { lamps } = cabinet;
  return (
    <tr data-cabinet={cabinet.id}>
      <th scope="row">
        <a href={`/devices/${encodeURIComponent(cabinet.id)}`}>{cabinet.name || cabinet.id}</a>
        <small>{cabinet.road}</small>
      </th>
      <td>
        <span class={`cabinet-state ${cabinet.state}`}>{t(`cabinet.${cabinet.state}`)}</span>
        {cabinet.door_open ? <small class="bad-text">{t("doorOpen")}</small> : null}
        <small>
          {cabinet.power === null ? "" : `${number(cabinet.power, 0)} W `}
          {clock(cabinet.seen_at)}
        </small>
      </td>
      <td>
        <Minute switching={cabinet.on} why={cabinet.switching_reason} />
      </td>
      <td>
        <Minute switching={cabinet.off} why={cabinet.switching_reason} />
      </td>
      <td>
        {lamps === null ? (
          "–"
        ) : (
          <>
            {number(lamps.total, 0)}
            <small>
              {t("litOf", { lit: number(lamps.lit, 0), expected: number(lamps.expected, 0) })}
              {lamps.dark > 0 ? <span class="bad-text"> {t("dark")} {number(lamps.dark, 0)}</span> : null}
              {lamps.unknown > 0 ? <span class="unknown-count">{t("unknown")} {number(lamps.unknown, 0)}</span> : null}
            </small>
          </>
        )}
      </td>
      <td>
        {lamps === null ? null : <Why measure={{ indicator: "light_on_rate", scope: `supply_point:${cabinet.supply_point}` }} />}
      </td>
    </tr>
  );
}

/** The minute of a switching with its deviation in words; what is not known says why. */
function Minute({ switching, why }: { switching: Switching; why: string }) {
  if (switching === null) return <>–{why ? <small>{said(why)}</small> : null}</>;
  return (
    <>
      {switching.at === null ? t("unknown") : clock(switching.at).slice(0, 5)}
      <small>{t("planned", { at: clock(switching.planned).slice(0, 5) })}</small>
      <small>{deviation(switching.seconds) || said(why)}</small>
    </>
  );
}

/** How far a switching was from its plan; empty when it is not known. */
export function deviation(seconds: number | null): string {
  if (seconds === null) return "";
  const minutes = number(Math.abs(seconds) / 60, 1);
  return Math.abs(seconds) < 30 ? t("onTime") : t(seconds < 0 ? "early" : "late", { minutes });
}
