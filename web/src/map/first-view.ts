/** What a map shows first that was opened without a view: all that stands on it, once all of that has come. */

import type { Map as Chart } from "maplibre-gl";
import type { Places } from "../api/places";
import { enlarged } from "../ui/enlarged";
import { LAYERS, type Layer } from "./layers";
import { SINGLE_FROM } from "./marks";

/** Kinds of devices that stand on the map. */
export type Kind = Exclude<Layer, "roads">;
/** West, south, east, north, in degrees. */
export type Bounds = [number, number, number, number];

/** The name of the view in the address. */
export const VIEW = "map";
/** So many pixels stay free around it, on a wall more. */
const PADDING = 32;

/** Around what has a place; null where nothing has. */
export function boundsOf({ lon, lat }: Pick<Places, "lon" | "lat">): Bounds | null {
  let bounds: Bounds | null = null;
  lon.forEach((x, n) => {
    const y = lat[n];
    if (x != null && y != null) bounds = around(bounds, [x, y, x, y]);
  });
  return bounds;
}

function around(one: Bounds | null, other: Bounds | null): Bounds | null {
  if (one === null || other === null) return one ?? other;
  return [Math.min(one[0], other[0]), Math.min(one[1], other[1]), Math.max(one[2], other[2]), Math.max(one[3], other[3])];
}

export class FirstView {
  private readonly missing = new Set<Kind>((Object.keys(LAYERS) as Layer[]).filter((layer) => layer !== "roads"));
  private bounds: Bounds | null = null;
  private map: Chart | null = null;
  private begun: number[] = [];

  /** The map is there, around the middle of the city. */
  begin(map: Chart): void {
    this.map = map;
    this.begun = view(map);
    this.show();
  }

  /** The places of a kind have come. */
  came(kind: Kind, places: Places): void {
    if (!this.missing.delete(kind)) return;
    this.bounds = around(this.bounds, boundsOf(places));
    this.show();
  }

  /** Nobody who has moved the map meanwhile is taken elsewhere. */
  private show(): void {
    const { map, bounds } = this;
    if (!map || !bounds || this.missing.size > 0) return;
    if (view(map).join() === this.begun.join()) map.fitBounds(bounds, { padding: PADDING * enlarged(), maxZoom: SINGLE_FROM, animate: false });
  }
}

function view(map: Chart): number[] {
  const { lng, lat } = map.getCenter();
  return [lng, lat, map.getZoom()];
}

/** Whether the address names a view. */
export function isNamed(hash: string): boolean {
  return new URLSearchParams(hash.slice(1)).has(VIEW);
}
