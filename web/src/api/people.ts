/** Who did something: people of the roster and rules by their names, where the service gives ids. */

import { t } from "../i18n";
import { api, taken } from "./client";
import { useResource } from "./resource";

export type NameOf = (id: string) => string;

/** Returns how somebody is called; a key, and whoever has left the roster, as the service names them. */
export function useAuthors(ruleTitle: (name: string) => string): NameOf {
  const roster = useResource("people", (signal) => taken(api.GET("/api/v1/duty/roster", { signal })));
  const names = new Map((roster.data?.people ?? []).map((each) => [each.id, each.name]));
  return (id) => (id.startsWith("rule:") ? t("byRule", { rule: ruleTitle(id.slice(5)) }) : (names.get(id) ?? id));
}
