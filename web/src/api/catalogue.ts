/** The catalogue of indicators, and which of their measures have a history. */

import { lang } from "../session";
import { api, taken, type Measure, type Schemas } from "./client";
import { useResource, type Resource } from "./resource";

export type Info = Schemas["IndicatorOut"];

export function useCatalogue(): Resource<Schemas["Catalogue"]> {
  return useResource("catalogue", (signal) => taken(api.GET("/api/v1/indicators", { signal })));
}

/** Whether measures like this one are written down when their period closes. */
export function isKept(items: readonly Info[], measure: Measure): boolean {
  const info = items.find((each) => each.name === measure.indicator);
  return info?.kept_scopes.includes(measure.scope.split(":")[0] ?? "") ?? false;
}

/** How an indicator is called; its name while the catalogue is not there. */
export function titleOf(items: readonly Info[], name: string): string {
  const info = items.find((each) => each.name === name);
  if (info === undefined) return name;
  return lang.value === "zh" ? info.title : info.title_en;
}
