/** One alert, and what is done to it. */

import { api, taken, type Schemas } from "./client";
import { ALERT_EVENTS } from "./live";
import type { Alert } from "./open-alerts";
import { useResource, type Resource } from "./resource";

export type AlertDetail = Schemas["AlertDetail"];
const EVERY_MS = 10_000;

export function useAlert(id: string): Resource<AlertDetail> {
  const path = { path: { alert_id: id } };
  return useResource(`alert ${id}`, (signal) => taken(api.GET("/api/v1/alerts/{alert_id}", { params: path, signal })), {
    every: EVERY_MS,
    on: ALERT_EVENTS,
  });
}

/** Take it: recorded at once, done by the next tick of the service. */
export function acknowledge(id: string, comment = ""): Promise<Schemas["WishOut"]> {
  const path = { path: { alert_id: id } };
  return taken(api.POST("/api/v1/alerts/{alert_id}/acknowledge", { params: path, body: { until: null, comment } }));
}

/** The case file of an alert: the one that a rule may have opened by itself, or a new one. Returns its id. */
export async function caseOf(alert: Alert): Promise<string> {
  const known = await taken(api.GET("/api/v1/incidents", { params: { query: { alert: alert.id } } }));
  const made = known.items[0] ?? (await taken(api.POST("/api/v1/incidents", { body: wish(alert) })));
  return made.id;
}

function wish(alert: Alert): Schemas["IncidentBody"] {
  return {
    title: `${alert.title}：${alert.name || alert.subject}`.slice(0, 200),
    category: /road|lamp|cabinet|supply/.test(alert.rule + alert.subject) ? "lamps" : "other",
    origin: "alert",
    severity: alert.severity,
    alert: alert.id,
    ...(alert.unit ? { unit: alert.unit } : {}),
    ...(alert.district ? { district: alert.district } : {}),
    subject: alert.subject,
  };
}
