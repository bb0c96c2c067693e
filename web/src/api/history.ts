/** What was published of closed periods. */

import { allPages, type Schemas } from "./client";
import { useResource, type Resource } from "./resource";

export type Published = Schemas["PublishedOut"];
const EVERY_MS = 60_000;

/** The history of an indicator for a scope; the service decides how far it reaches back. */
export function useHistory(indicator: string, scope: string): Resource<Published[]> {
  const query = new URLSearchParams({ scope, limit: "1000" });
  const path = `/api/v1/indicators/${indicator}/history?${query}`;
  return useResource(path, (signal) => allPages<Published>(path, signal), { every: EVERY_MS });
}
