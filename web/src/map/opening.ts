/** What a map needs before it is made; asked for beside its code, so that it is made, and drawn, once. */

import { api, taken, type Schemas } from "../api/client";
import { warm } from "./warm";

type Base = Schemas["BaseMapOut"];
/** What lies below the map, and what it shows first unless the address names a view; null: the middle of the city. */
export type Opening = { base: Base; bounds: Schemas["BoundsOut"] | null };

const NO_BASE: Base = { tiles: [], attribution: "", coordinates: "WGS-84", max_zoom: 18 };

let asked: Promise<Opening> | null = null;

/** The first map is about to come. */
export function prepare(): void {
  void warm();
  asked = ask();
}

/** What the next map needs. What there is no answer to is left out, for a map without it is better than none. */
export function opening(): Promise<Opening> {
  const found = asked ?? ask();
  asked = null;
  return found;
}

async function ask(): Promise<Opening> {
  const [base, extent] = await Promise.allSettled([taken(api.GET("/api/v1/map/base")), taken(api.GET("/api/v1/map/extent"))]);
  return {
    base: base.status === "fulfilled" ? base.value : NO_BASE,
    bounds: extent.status === "fulfilled" ? extent.value.bounds : null,
  };
}
