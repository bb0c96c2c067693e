/** What was published of closed periods. */

import { allPages, type Schemas } from "./client";
import { useResource, type Resource } from "./resource";

export type Published = Schemas["PublishedOut"];
const EVERY_MS = 60_000;

/** The history of an indicator for a scope; the service decides how far it reaches back. */
export function useHistory(indicator: string, scope: string): Resource<Published[]> {
  return useHistorySince(indicator, scope, "");
}

/** The history from an instant on; empty: from where the service decides. */
export function useHistorySince(indicator: string, scope: string, from: string): Resource<Published[]> {
  const query = new URLSearchParams({ scope, limit: "1000", ...(from ? { from } : {}) });
  const path = `/api/v1/indicators/${indicator}/history?${query}`;
  return useResource(path, (signal) => allPages<Published>(path, signal), { every: EVERY_MS });
}
