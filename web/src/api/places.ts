/** Where the devices of a kind stand, kept by the version of the register. */

import { api, taken, type KindName, type Schemas } from "./client";
import { useResource, type Resource } from "./resource";

export type Places = Schemas["PlacesOut"];

export function usePlaces(kind: KindName): Resource<Places> {
  return useResource(`places ${kind}`, (signal) => loadPlaces(kind, signal), { on: ["register.changed"] });
}

export function loadPlaces(kind: KindName, signal: AbortSignal): Promise<Places> {
  return taken(api.GET("/api/v1/map/places", { params: { query: { kind } }, signal }));
}

export function loadSigns(kind: KindName, signal: AbortSignal): Promise<Schemas["SignsOut"]> {
  return taken(api.GET("/api/v1/map/signs", { params: { query: { kind } }, signal }));
}

/** Names of devices by id. */
export function namesOf(places: Places | null): ReadonlyMap<string, string> {
  return new Map(places?.ids.map((id, n) => [id, places.names[n] ?? id]));
}
