/** What was expected of a device and what came of it, and what it told of events. */

import { api, taken, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { instant, number } from "../format";
import { hasText, t } from "../i18n";
import { said } from "../i18n/said";
import { Loaded } from "../ui/loaded";

const EVERY_MS = 30_000;
const SHOWN = 100;
const COUNTS = ["expected", "received", "late", "duplicates", "missing", "given_up", "recovered", "restarts"] as const;

/** The ledger of arrivals: expected, received, late, twice, and missing by sequence number. */
export function Ledger({ id }: { id: string }) {
  const found = useResource(
    `ledger ${id}`,
    (signal) => taken(api.GET("/api/v1/devices/{device_id}/ledger", { params: { path: { device_id: id } }, signal })),
    { every: EVERY_MS },
  );
  return (
    <section class="panel">
      <h2>{t("ledger")}</h2>
      <Loaded resource={found}>{(ledger) => <Counted ledger={ledger} />}</Loaded>
    </section>
  );
}

function Counted({ ledger }: { ledger: Schemas["DeviceLedgerOut"] }) {
  return (
    <>
      <p class="note">{ledger.since === null ? t("ledgerEmpty") : t("ledgerSpan", { since: instant(ledger.since), until: instant(ledger.until) })}</p>
      <dl class="facts">
        <div>
          <dt>{t("completeness")}</dt>
          <dd>{ledger.completeness === null ? "–" : `${number(100 * ledger.completeness)} %`}</dd>
        </div>
        {COUNTS.map((name) => (
          <div key={name}>
            <dt>{t(`ledger.${name}`)}</dt>
            <dd data-count={name}>{number(ledger[name], 0)}</dd>
          </div>
        ))}
      </dl>
      {ledger.gaps.length > 0 ? (
        <>
          <h3>{t("gapsBySeq")}</h3>
          <ul class="plain">
            {ledger.gaps.slice(0, SHOWN).map((gap) => (
              <li key={gap.first}>
                {gap.first === gap.last ? gap.first : `${gap.first}–${gap.last}`} <small>{t("gapSeen", { at: instant(gap.noticed_at), asked: gap.asked })}</small>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  );
}

/** Faults and events of the last day, newest first: what is said again and again is told once, from when on. */
export function Happened({ readings }: { readings: readonly Schemas["ReadingOut"][] }) {
  const told = happenings(readings);
  return (
    <section class="panel">
      <h2>{t("deviceEvents")}</h2>
      {told.length === 0 ? <p class="note">{t("noEvents")}</p> : null}
      <ul class="plain">
        {told.slice(0, SHOWN).map(({ at, what, phase }) => (
          <li key={`${at} ${what} ${phase}`}>
            {instant(at)} <strong>{said(what)}</strong> <small>{hasText(`phase.${phase}`) ? t(`phase.${phase}` as "phase.begin") : phase}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}

type Told = { at: string; what: string; phase: string };

/** Events as they were told; a fault counts when it first stands and when it first does not. Newest first. */
export function happenings(readings: readonly Schemas["ReadingOut"][]): Told[] {
  const told: Told[] = [];
  let before: readonly string[] = [];
  for (const { at, events, faults } of readings) {
    told.push(...events.map((event) => ({ at, what: event.type, phase: event.phase })));
    const now = faults;
    told.push(...now.filter((each) => !before.includes(each)).map((what) => ({ at, what, phase: "fault" })));
    told.push(...before.filter((each) => !now.includes(each)).map((what) => ({ at, what, phase: "faultOver" })));
    before = now;
  }
  return told.reverse();
}
