/** Who is on duty now and in the coming week; who stands in for whom, and swaps with a leader's decision. */

import { api, taken, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { clock, day, instant } from "../format";
import { t } from "../i18n";
import { cityNow, lang, mayOperate } from "../session";
import { Loaded } from "../ui/loaded";
import { Overrides, Swaps } from "./roster-changes";

export type Roster = Schemas["RosterOut"];
export type DutyRole = Schemas["DutyRole"];
export const ROLES = ["officer", "shift_head", "leader", "coordination", "information", "technical"] as const;
const EVERY_MS = 30_000;
const WEEK_MS = 7 * 86_400_000;

export function RosterPage() {
  const now = useResource("on duty", (signal) => taken(api.GET("/api/v1/duty/now", { signal })), { every: EVERY_MS });
  const roster = useResource("roster", (signal) => taken(api.GET("/api/v1/duty/roster", { signal })), { every: EVERY_MS });
  const changed = () => {
    now.reload();
    roster.reload();
  };
  return (
    <section>
      <h1>{t("roster")}</h1>
      <div class="panels">
        <section class="panel">
          <h2>{t("onDutyNow")}</h2>
          <Loaded resource={now}>{(found) => <Now found={found} />}</Loaded>
          <Gaps />
        </section>
        {now.data ? <Week at={now.data.at} version={roster.data?.version ?? 0} /> : null}
      </div>
      <Loaded resource={roster}>
        {(found) =>
          found.people.length === 0 ? (
            <p class="note">{t("noRoster")}</p>
          ) : (
            <>
              <Overrides roster={found} edit={mayOperate.value && cityNow.value !== null} changed={changed} />
              <Swaps roster={found} edit={mayOperate.value && cityNow.value !== null} changed={changed} />
            </>
          )
        }
      </Loaded>
    </section>
  );
}

/** What a role is called. */
export function roleName(role: DutyRole): string {
  return t(`duty.${role}`);
}

function Now({ found }: { found: Schemas["NowOut"] }) {
  return (
    <>
      <p class="note">{instant(found.at)}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("role")}</th>
            <th scope="col">{t("person")}</th>
          </tr>
        </thead>
        <tbody>
          {found.roles.map((role) => (
            <tr key={role.role}>
              <th scope="row">{lang.value === "zh" ? role.title : roleName(role.role)}</th>
              <td>
                {role.people.length > 0 ? (
                  role.people.map((person) => person.name).join(t("comma"))
                ) : (
                  <strong class="unknown-count">{t("nobody")}</strong>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Gaps() {
  const gaps = useResource("gaps", (signal) => taken(api.GET("/api/v1/duty/gaps", { signal })), { every: EVERY_MS });
  if (!gaps.data || gaps.data.items.length === 0) return null;
  return (
    <>
      <h3>{t("gaps")}</h3>
      <ul>
        {gaps.data.items.slice(0, 10).map((gap) => (
          <li key={gap.role + gap.start} class="unknown-count">
            {roleName(gap.role)}: {instant(gap.start)} – {instant(gap.end)}
          </li>
        ))}
      </ul>
    </>
  );
}

function Week({ at, version }: { at: string; version: number }) {
  const today = at.slice(0, 13);
  const spans = useResource(`spans ${today} ${version}`, (signal) => {
    const query = { start: at, end: new Date(Date.parse(at) + WEEK_MS).toISOString() };
    return taken(api.GET("/api/v1/duty/spans", { params: { query }, signal }));
  });
  return (
    <section class="panel">
      <h2>{t("week")}</h2>
      <Loaded resource={spans}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="note">{t("none")}</p>
          ) : (
            <div class="scroll" tabIndex={0} role="region" aria-label={t("week")}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t("from")}</th>
                    <th scope="col">{t("role")}</th>
                    <th scope="col">{t("person")}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((span) => (
                    <tr key={span.role + span.person + span.start}>
                      <td>
                        {day(span.start)} {clock(span.start).slice(0, 5)}–{clock(span.end).slice(0, 5)}
                      </td>
                      <td>{roleName(span.role)}</td>
                      <td>{span.name}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </section>
  );
}
