/** The calendar of days: the index of each in its level's colour, its number always beside, and one day in full. */

import { useRef, useState } from "preact/hooks";
import { useHistorySince, type Published } from "../api/history";
import { date } from "../format";
import { hasText, t } from "../i18n";
import { Said } from "../i18n/said";
import { cityNow } from "../session";
import { Why } from "../ui/measure";
import { Loaded } from "../ui/loaded";
import { byLevel, calendar, levelOf, moved, yearBefore, type Cell, type Counts, type Month } from "./air-days";
import { GradeMark, Pollutants } from "./air-pollutants";

export function Calendar({ scope, name }: { scope: string; name: string }) {
  const now = cityNow.value;
  if (now === null) return <p class="loading">{t("loading")}</p>;
  return <Year key={scope} scope={scope} name={name} now={now} />;
}

function Year({ scope, name, now }: { scope: string; name: string; now: string }) {
  const days = useHistorySince("aqi_daily", scope, yearBefore(now.slice(0, 10)));
  return (
    <section class="panel">
      <h2>
        {t("airCalendar")} · {name}
      </h2>
      <Loaded resource={days}>{(items) => <Months items={items} months={calendar(items, date(now))} />}</Loaded>
    </section>
  );
}

function Months({ items, months }: { items: readonly Published[]; months: readonly Month[] }) {
  const [chosen, setChosen] = useState("");
  const table = useRef<HTMLTableElement>(null);
  const days = months.flatMap(({ cells }) => cells);
  const shown = days.find(({ day }) => day === chosen) ?? days.findLast(({ found }) => found !== null) ?? days.at(-1);
  const walk = (event: KeyboardEvent) => {
    const to = moved(months, shown?.day ?? "", event.key);
    if (to === shown?.day) return;
    event.preventDefault();
    setChosen(to);
    table.current?.querySelector<HTMLButtonElement>(`[data-day="${to}"]`)?.focus();
  };
  return (
    <>
      <Levels counts={byLevel(months)} />
      <div class="wide-table" tabIndex={0} role="region" aria-label={t("airCalendar")}>
        <table class="calendar" ref={table} onKeyDown={walk}>
          <thead>
            <tr>
              <th scope="col">{t("month")}</th>
              {Array.from({ length: 31 }, (_, n) => (
                <th key={n} scope="col">
                  {n + 1}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {months.map(({ month, cells }) => (
              <tr key={month}>
                <th scope="row">{month}</th>
                {cells.map((cell) => (
                  <td key={cell.day}>
                    <DayButton cell={cell} chosen={cell.day === shown?.day} choose={setChosen} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {items.length === 0 ? <p class="note">{t("noHistory")}</p> : null}
      {shown?.found ? <OneDay found={shown.found} /> : null}
    </>
  );
}

function DayButton({ cell, chosen, choose }: { cell: Cell; chosen: boolean; choose: (day: string) => void }) {
  const aqi = cell.found?.measure.value ?? null;
  const level = levelOf(aqi);
  const none = cell.yet ? t("notPublishedYet") : t("notPublished");
  const said = cell.found === null ? none : aqi === null ? t("noIndex") : `AQI ${aqi} ${levelName(level)}`;
  return (
    <button
      type="button"
      data-day={cell.day}
      class={cell.found === null ? "aqi-none" : `aqi-${level}`}
      aria-label={`${cell.day} ${said}`}
      aria-pressed={chosen}
      tabIndex={chosen ? 0 : -1}
      title={said}
      onClick={() => {
        choose(cell.day);
      }}
    >
      {cell.found === null ? (cell.yet ? "…" : "·") : (aqi ?? "?")}
    </button>
  );
}

function levelName(level: number): string {
  const key = `aqi.${level}`;
  return hasText(key) ? t(key) : t("unknown");
}

/** How many days of the year have which level: the legend, and the answer to the most usual question. */
function Levels({ counts: { levels, awaited, unrecorded } }: { counts: Counts }) {
  const without = [["…", t("notPublishedYet"), awaited], ["·", t("notPublished"), unrecorded]] as const;
  return (
    <ul class="levels">
      {levels.map((days, level) => (
        <li key={level}>
          <span class={`mark aqi-${level}`} aria-hidden="true">
            {level === 0 ? "?" : ""}
          </span>
          {level === 0 ? t("noIndex") : levelName(level)} <strong>{t("days", { days })}</strong>
        </li>
      ))}
      {without.map(([sign, name, days]) =>
        days === 0 ? null : (
          <li key={sign}>
            <span class="mark" aria-hidden="true">
              {sign}
            </span>
            {name} <strong>{t("days", { days })}</strong>
          </li>
        ),
      )}
    </ul>
  );
}

function OneDay({ found }: { found: Published }) {
  const { measure } = found;
  return (
    <section aria-label={found.period}>
      <h3>
        {found.period} · AQI {measure.value ?? "–"} <GradeMark measure={measure} /> <Why measure={measure} at={measure.at} />
        {found.revision > 0 ? <span class="note"> {t("revised")}</span> : null}
      </h3>
      {measure.value === null && measure.reason ? (
        <p class="note">
          <Said text={measure.reason} />
        </p>
      ) : null}
      <Pollutants measure={measure} />
    </section>
  );
}
