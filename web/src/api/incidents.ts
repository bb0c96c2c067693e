/** What is done to a case file. */

import { api, taken, type Schemas } from "./client";
import type { paths } from "./schema";

export type Case = Schemas["IncidentOut"];
export type Action = NonNullable<
  paths["/api/v1/incidents/{case_id}/actions"]["post"]["requestBody"]
>["content"]["application/json"];

export function act(id: string, body: Action): Promise<unknown> {
  return taken(api.POST("/api/v1/incidents/{case_id}/actions", { params: { path: { case_id: id } }, body }));
}
