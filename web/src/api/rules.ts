/** How the running rules are called, by their names. */

import { said } from "../i18n/said";
import { api, taken } from "./client";
import { useResource } from "./resource";

/** Returns what a rule is called; its name while the rules are not there, and of a rule that is gone. */
export function useRuleTitles(): (name: string) => string {
  const rules = useResource("rules", (signal) => taken(api.GET("/api/v1/rules", { signal })));
  const titles = new Map((rules.data?.items ?? []).map((rule) => [String(rule["name"]), String(rule["title"])]));
  return (name) => said(titles.get(name) ?? name);
}
