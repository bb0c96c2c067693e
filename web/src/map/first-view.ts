/** What a map shows first that was opened without a view: what stands on it but for outliers, once all of that has come. */

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

/** Of what lies farthest out, such a part may be off the screen on each side: one section far off makes a city a dot. */
const OUTLYING = 0.01;

/** Around places but for the outlying; null where there are none. */
export function boundsOf(lon: readonly number[], lat: readonly number[]): Bounds | null {
  const [west, east] = most(lon);
  const [south, north] = most(lat);
  return west === undefined || south === undefined || east === undefined || north === undefined ? null : [west, south, east, north];
}

function most(values: readonly number[]): [number | undefined, number | undefined] {
  const inOrder = Float64Array.from(values).sort();
  const out = Math.floor(inOrder.length * OUTLYING);
  return [inOrder[out], inOrder[inOrder.length - 1 - out]];
}

export class FirstView {
  private readonly missing = new Set<Kind>((Object.keys(LAYERS) as Layer[]).filter((layer) => layer !== "roads"));
  private readonly lon: number[] = [];
  private readonly lat: number[] = [];
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
    places.lon.forEach((x, n) => {
      const y = places.lat[n];
      if (x == null || y == null) return;
      this.lon.push(x);
      this.lat.push(y);
    });
    this.show();
  }

  /** Nobody who has moved the map meanwhile is taken elsewhere. */
  private show(): void {
    const { map } = this;
    if (!map || this.missing.size > 0 || view(map).join() !== this.begun.join()) return;
    const bounds = boundsOf(this.lon, this.lat);
    if (bounds) map.fitBounds(bounds, { padding: PADDING * enlarged(), maxZoom: SINGLE_FROM, animate: false });
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
