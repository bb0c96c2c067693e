/** The map itself: MapLibre without a base map, drawing what the register knows. */

import { Map as Chart, NavigationControl, ScaleControl, setWorkerUrl, type GeoJSONSource } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { Schemas } from "../api/client";
import type { Places } from "../api/places";
import type { Shape } from "./colours";
import type { LampLayer } from "./lamps";
import { CLICKED } from "./layers";
import type { Point, Road } from "./lines";

setWorkerUrl(worker);

type BaseMap = Schemas["BaseMapOut"];

/** Make a map around the city, empty but for the tiles of a base map; `picked` is called with the device that was clicked. */
export function makeMap(container: HTMLElement, centre: Point, base: BaseMap, lamps: LampLayer, picked: (id: string) => void): Chart {
  const map = new Chart({
    container,
    center: [...centre],
    zoom: 10.5,
    hash: "map", // the address names the view, so that it can be sent to somebody else
    attributionControl: false,
    renderWorldCopies: false,
    fadeDuration: 0, // what fades is drawn again and again after each movement
    style: { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": ground() } }] },
  });
  map.once("load", () => {
    base.tiles.forEach((template, n) => {
      const id = `base-${n}`;
      map.addSource(id, { type: "raster", tiles: [template], tileSize: 256, maxzoom: base.max_zoom });
      map.addLayer({ id, type: "raster", source: id });
    });
    map.addLayer(lamps);
  });
  map.on("webglcontextrestored", () => {
    // of what was drawn, MapLibre brings back its own layers only
    map.once("style.load", () => map.addLayer(lamps, map.getLayersOrder().find((id) => CLICKED.includes(id))));
  });
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl(), "bottom-left");
  map.on("click", ({ point, lngLat }) => {
    const layers = CLICKED.filter((id) => map.getLayer(id));
    const [feature] = map.queryRenderedFeatures(point, { layers });
    const id: unknown = feature?.properties["id"];
    const lamp = lamps.at(point);
    if (typeof id === "string") picked(id);
    else if (typeof lamp === "string") picked(lamp);
    else if (lamp !== null) map.easeTo({ center: lngLat, zoom: lamp });
  });
  return map;
}

/** Give the ground the colour that the page has now. */
export function paintGround(map: Chart): void {
  map.setPaintProperty("ground", "background-color", ground());
}

function ground(): string {
  return getComputedStyle(document.documentElement).backgroundColor;
}

/** Draw roads, each in its colour; `hidden`: not to be seen yet when they are drawn first. */
export function drawRoads(map: Chart, roads: readonly Road[], colours: readonly string[], hidden: boolean): void {
  const features = roads.map(({ name, lines }, n) => ({
    type: "Feature" as const,
    properties: { name, colour: colours[n] },
    geometry: { type: "MultiLineString" as const, coordinates: lines.map((line) => line.map((p) => [...p])) },
  }));
  const data = { type: "FeatureCollection" as const, features };
  const source = map.getSource<GeoJSONSource>("roads");
  if (source) {
    void source.setData(data);
    return;
  }
  map.addSource("roads", { type: "geojson", data });
  map.addLayer(
    {
      id: "roads",
      type: "line",
      source: "roads",
      layout: { "line-cap": "round", "line-join": "round", visibility: visibility(!hidden) },
      paint: { "line-color": ["get", "colour"], "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1.5, 15, 8], "line-opacity": 0.8 },
    },
    "lamps",
  );
}

/** Draw few, large marks, such as stations and sections: a shape for the kind, a colour for each; `hidden` as with roads. */
export function drawMarked(
  map: Chart,
  { layer, shape, hidden }: { layer: string; shape: Shape; hidden: boolean },
  places: Places,
  colours: readonly string[],
): void {
  const features = places.ids.flatMap((id, n) => {
    const [lon, lat] = [places.lon[n], places.lat[n]];
    if (lon == null || lat == null) return [];
    const geometry = { type: "Point" as const, coordinates: [lon, lat] };
    return [{ type: "Feature" as const, properties: { id, colour: colours[n] }, geometry }];
  });
  const data = { type: "FeatureCollection" as const, features };
  const source = map.getSource<GeoJSONSource>(layer);
  if (source) {
    void source.setData(data);
    return;
  }
  map.addSource(layer, { type: "geojson", data });
  map.addLayer({
    id: layer,
    type: "symbol",
    source: layer,
    layout: {
      "icon-image": shape,
      "icon-size": ["interpolate", ["linear"], ["zoom"], 10, 0.5, 13, 1],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      visibility: visibility(!hidden),
    },
    paint: { "icon-color": ["get", "colour"], "icon-halo-color": "#20262e", "icon-halo-width": 1 },
  });
}

const MARK = "mark";

/** Go to a place and put a ring around it. */
export function goTo(map: Chart, place: Point): void {
  const data = { type: "Feature" as const, properties: {}, geometry: { type: "Point" as const, coordinates: [...place] } };
  const source = map.getSource<GeoJSONSource>(MARK);
  if (source) void source.setData(data);
  else {
    map.addSource(MARK, { type: "geojson", data });
    map.addLayer({
      id: MARK,
      type: "circle",
      source: MARK,
      paint: { "circle-radius": 14, "circle-opacity": 0, "circle-stroke-width": 3, "circle-stroke-color": "#d0006f" },
    });
  }
  map.jumpTo({ center: [...place], zoom: Math.max(map.getZoom(), 16) });
}

/** Take the ring away. */
export function unmark(map: Chart): void {
  void map.getSource<GeoJSONSource>(MARK)?.setData({ type: "FeatureCollection", features: [] });
}

/** Show or hide a layer with what belongs to it. */
export function show(map: Chart, layers: readonly string[], visible: boolean): void {
  for (const id of layers) {
    if (map.getLayer(id)) map.setLayoutProperty(id, "visibility", visibility(visible));
  }
}

function visibility(visible: boolean): "visible" | "none" {
  return visible ? "visible" : "none";
}
