/** The alerts that are open now, asked for once for the whole page: the navigation counts them, the wall sounds for them. */

import { allPages, type Schemas } from "./client";
import { ALERT_EVENTS } from "./live";
import { useResource, type Resource } from "./resource";

export type Alert = Schemas["AlertOut"];
const EVERY_MS = 10_000;

/** Open alerts; `quiet`: those that are explained, silenced or shelved too. */
export function useOpenAlerts(quiet: boolean): Resource<Alert[]> {
  const path = `/api/v1/alerts?open=true&limit=500${quiet ? "" : "&quiet=false"}`;
  return useResource(path, (signal) => allPages<Alert>(path, signal), { every: EVERY_MS, on: ALERT_EVENTS });
}

/** The alerts that somebody must take at once: critical, and nobody has said yet that they are on it. */
export function urgent(alerts: readonly Alert[]): Alert[] {
  return alerts.filter((each) => each.severity === "critical" && untaken(each) && !each.quiet);
}

const UNTAKEN: ReadonlySet<Alert["state"]> = new Set(["firing", "unknown"]);

/** Whether nobody has said yet that they are on it, or just asks to have it said. */
export function untaken({ state, asked }: Pick<Alert, "state" | "asked">): boolean {
  return UNTAKEN.has(state) && asked?.kind !== "acknowledge";
}
