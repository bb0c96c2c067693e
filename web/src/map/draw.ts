/** The map itself: MapLibre with the tiles of a base map, if there is one, below what the register knows. */

import { Map as Chart, Marker, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { enlarged } from "../ui/enlarged";
import type { Drawing } from "./drawing";
import { onto } from "./datum";
import type { Point } from "./lines";
import { SINGLE_FROM } from "./marks";
import type { Opening } from "./opening";

setWorkerUrl(worker);

/** So many pixels stay free around what is shown first, on a wall more. */
const PADDING = 32;

/**
 * Make a map that shows what the address names, else the bounds it opens on, else `centre`; `picked` is called with the device that was clicked. It is as clear as glass: the page's own
 * ground is seen through it, in the colours that the page has.
 */
export function makeMap(container: HTMLElement, centre: Point, { base, bounds }: Opening, drawing: Drawing, picked: (id: string) => void): Chart {
  const above = onto(base.coordinates);
  const map = new Chart({
    container,
    center: [...above(centre)],
    zoom: 10.5,
    ...(bounds && {
      bounds: [[...above([bounds.west, bounds.south])], [...above([bounds.east, bounds.north])]],
      fitBoundsOptions: { padding: PADDING * enlarged(), maxZoom: SINGLE_FROM },
    }),
    hash: "map", // the address names the view, so that it can be sent to somebody else
    attributionControl: false,
    renderWorldCopies: false,
    fadeDuration: 0, // what fades is drawn again and again after each movement
    maxPitch: 0, // it lies flat and north is up: there is no compass to find back with
    dragRotate: false,
    style: {
      version: 8,
      sources: Object.fromEntries(base.tiles.map((template, n) => [`base-${n}`, { type: "raster", tiles: [template], tileSize: 256, maxzoom: base.max_zoom }])),
      layers: base.tiles.map((_, n) => ({ id: `base-${n}`, type: "raster", source: `base-${n}` })),
    },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  let gone = false;
  map.on("remove", () => (gone = true));
  // before the first frame; and after a loss of the graphics, of which MapLibre brings back its own layers only
  map.on("style.load", () => {
    const gl = map.getCanvas().getContext("webgl2");
    if (!gl) return;
    // it draws a sky over all pixels of each frame, and waits for its program before the first; who looks straight down never sees it
    map.painter.drawFunctions = { ...map.painter.drawFunctions, sky: () => undefined };
    void drawing.begin(gl).then(() => {
      if (!gone) for (const layer of drawing.layers) map.addLayer(layer);
    });
  });
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ maxWidth: 100 * enlarged() }), "bottom-left");
  map.on("click", ({ point, lngLat }) => {
    const found = drawing.at(point);
    if (typeof found === "string") picked(found);
    else if (found !== null) map.easeTo({ center: lngLat, zoom: found });
  });
  return map;
}

/** Go to a place and put a ring around it; returns what takes the ring away. */
export function goTo(map: Chart, place: Point): () => void {
  const element = document.createElement("div");
  element.className = "ring";
  const ring = new Marker({ element }).setLngLat([...place]).addTo(map);
  map.jumpTo({ center: [...place], zoom: Math.max(map.getZoom(), 16) });
  return () => {
    ring.remove();
  };
}
