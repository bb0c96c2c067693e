/** The catalogue of indicators, and which of their measures have a history. */

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
