/** The way to the page of an alert, by its title. */

import { alertTitle } from "../alerts";
import { api, taken, type Schemas } from "../api/client";
import { ALERT_EVENTS } from "../api/live";
import { useResource } from "../api/resource";
import { t } from "../i18n";
import { SeverityMark } from "./severity";

/** An alert of which only the id is known; while its title is not there the id stands for it. */
export function AlertLink({ id }: { id: string }) {
  const path = { path: { alert_id: id } };
  const found = useResource(`title of ${id}`, (signal) => taken(api.GET("/api/v1/alerts/{alert_id}", { params: path, signal })));
  return found.data ? <Named alert={found.data} /> : <a href={`/alerts/${id}`}>{id}</a>;
}

function Named({ alert }: { alert: Schemas["AlertOut"] }) {
  return (
    <>
      <SeverityMark severity={alert.severity} /> <a href={`/alerts/${alert.id}`}>{alertTitle(alert)}</a>{" "}
      <small>{t(`alertState.${alert.state}`)}</small>
    </>
  );
}

/** The open alerts of a device; nothing where there are none. */
export function AlertsAt({ device }: { device: string }) {
  const query = { subject: `device:${device}`, open: true };
  const found = useResource(`alerts at ${device}`, (signal) => taken(api.GET("/api/v1/alerts", { params: { query }, signal })), {
    on: ALERT_EVENTS,
  });
  if (!found.data?.items.length) return null;
  return (
    <ul class="plain" aria-label={t("openAlerts")}>
      {found.data.items.map((each) => (
        <li key={each.id}>
          <Named alert={each} />
        </li>
      ))}
    </ul>
  );
}
