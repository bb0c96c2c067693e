/** Lamps that should be lit and are dark: since when, by what that is known, and who is on it. */

import { useState } from "preact/hooks";
import { api, taken, type Schemas } from "../api/client";
import { ALERT_EVENTS } from "../api/live";
import { useResource } from "../api/resource";
import { clock, instant, number } from "../format";
import { t } from "../i18n";
import { said } from "../i18n/said";
import { Loaded } from "../ui/loaded";
import { More } from "./lighting-cabinets";

type Lamp = Schemas["DarkLampOut"];
const STEP = 50;
const MOST = 500;
const EVERY_MS = 20_000;

export function DarkLamps() {
  const [limit, setLimit] = useState(STEP);
  const query = { limit };
  const found = useResource(
    `dark ${limit}`,
    (signal) => taken(api.GET("/api/v1/lighting/dark-lamps", { params: { query }, signal })),
    { every: EVERY_MS, on: [...ALERT_EVENTS, "incident.changed"] },
  );
  return (
    <section class="panel">
      <h2>{t("darkLamps")}</h2>
      <Loaded resource={found}>
        {({ total, items }) =>
          total === 0 ? (
            <p class="note">{t("noDarkLamps")}</p>
          ) : (
            <>
              <div class="scroll" tabIndex={0} role="region" aria-label={t("darkLamps")}>
                <table>
                  <thead>
                    <tr>
                      <th scope="col">{t("name")}</th>
                      <th scope="col">{t("since")}</th>
                      <th scope="col">{t("confirmedBy")}</th>
                      <th scope="col">{t("alertOrCase")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((each) => (
                      <Row key={each.id} lamp={each} />
                    ))}
                  </tbody>
                </table>
              </div>
              <More shown={items.length} total={total} more={limit < MOST ? () => { setLimit(Math.min(MOST, limit * 2)); } : undefined} />
            </>
          )
        }
      </Loaded>
    </section>
  );
}

function Row({ lamp }: { lamp: Lamp }) {
  const { alert } = lamp;
  const at = clock(lamp.seen_at).slice(0, 5);
  return (
    <tr data-lamp={lamp.id}>
      <th scope="row">
        <a href={`/devices/${encodeURIComponent(lamp.id)}`}>{lamp.name || lamp.id}</a>
        <small>{lamp.road}</small>
      </th>
      <td>{lamp.since === null ? t("sinceUnknown") : instant(lamp.since)}</td>
      <td>
        {lamp.power === null
          ? t("darkCurrent", { at, current: number(lamp.current, 2) })
          : t("darkPower", { at, power: number(lamp.power, 1) })}
        {lamp.cabinet ? <small>{t("cabinetSays", { state: t(`cabinet.${lamp.cabinet}`) })}</small> : null}
      </td>
      <td>
        {alert ? (
          <>
            <a href={`/alerts/${alert.id}`}>{said(alert.title)}</a> {t(`alertState.${alert.state}`)}
            {alert.incident ? (
              <small>
                <a href={`/incidents/${alert.incident}`}>{alert.incident}</a>
              </small>
            ) : null}
          </>
        ) : (
          "–"
        )}
      </td>
    </tr>
  );
}
