/** All that is drawn above the ground, and what of it is at a pixel. */

import { signal } from "@preact/signals";
import type { PointLike } from "maplibre-gl";
import { LampLayer } from "./lamps";
import type { Layer } from "./layers";
import { made } from "./program";
import { RoadLayer } from "./roads";
import { SpotLayer } from "./spots";
import { tally, type Hidden, type Tally } from "./states";

/** How opaque roads are above the tiles of a base map. */
const ABOVE_TILES = 0.8;

export class Drawing {
  readonly roads: RoadLayer;
  readonly lamps = new LampLayer();
  readonly spots = new SpotLayer();
  /** The lowest first. */
  readonly layers: readonly [RoadLayer, LampLayer, SpotLayer];
  /** How many marks of each layer say what, of the layers of which that is known. */
  readonly counts = signal<Readonly<Partial<Record<Layer, Tally>>>>({});

  constructor(aboveTiles: boolean) {
    this.roads = new RoadLayer(aboveTiles ? ABOVE_TILES : 1);
    this.layers = [this.roads, this.lamps, this.spots];
  }

  /** Resolves when the layers can be drawn. */
  begin(gl: WebGL2RenderingContext): Promise<void> {
    return made(gl, this.layers.map((layer) => layer.begin(gl)));
  }

  /** Leave out these layers and states of the legend, also those of which nothing is known yet. */
  hide(hidden: Hidden): void {
    for (const layer of this.layers) layer.hide(hidden);
  }

  /** Count what the marks of a layer say. */
  count(layer: Layer, states: Iterable<string>): void {
    this.counts.value = { ...this.counts.value, [layer]: tally(states) };
  }

  /** The id of the device at a pixel, or of a group of lamps the zoom at which more can be told of it. */
  at(pixel: PointLike): string | number | null {
    return this.spots.at(pixel) ?? this.lamps.at(pixel);
  }
}
