/** The map itself: MapLibre without a base map, drawing what the register knows. */

import type { FeatureCollection } from "geojson";
import { Map as Chart, NavigationControl, ScaleControl, setWorkerUrl, type GeoJSONSource } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { Schemas } from "../api/client";
import type { Places } from "../api/places";
import { SIGN_COLOURS, type Shape } from "./colours";
import { CLICKED } from "./layers";
import { along, type Point } from "./lines";

setWorkerUrl(worker);

const CLUSTERED_BELOW = 12;
const COLOUR = ["match", ["get", "s"], ...Object.entries(SIGN_COLOURS).flat(), "#888"];

type BaseMap = Schemas["BaseMapOut"];

/** Make a map around the city, empty but for the tiles of a base map; `picked` is called with the device that was clicked. */
export function makeMap(container: HTMLElement, centre: Point, base: BaseMap, picked: (id: string) => void): Chart {
  const map = new Chart({
    container,
    center: [...centre],
    zoom: 10.5,
    hash: "map", // the address names the view, so that it can be sent to somebody else
    attributionControl: false,
    style: { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": ground() } }] },
  });
  map.once("load", () => {
    base.tiles.forEach((template, n) => {
      const id = `base-${n}`;
      map.addSource(id, { type: "raster", tiles: [template], tileSize: 256, maxzoom: base.max_zoom });
      map.addLayer({ id, type: "raster", source: id });
    });
  });
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl(), "bottom-left");
  map.on("click", (event) => {
    const layers = CLICKED.filter((id) => map.getLayer(id));
    const [feature] = map.queryRenderedFeatures(event.point, { layers });
    const id: unknown = feature?.properties["id"];
    if (typeof id === "string") picked(id);
  });
  return map;
}

function ground(): string {
  return getComputedStyle(document.documentElement).backgroundColor;
}

/** Draw lamps: clustered far away, each by itself near by. Only what changed is sent to the map again. */
export function drawSigns(map: Chart, layer: "lamps", places: Places, signs: string, before: string): void {
  const source = map.getSource<GeoJSONSource>(layer);
  if (source && before.length === signs.length) {
    const changed = places.ids.flatMap((id, n) =>
      signs[n] === before[n] ? [] : [{ id, addOrUpdateProperties: [{ key: "s", value: signs[n] }] }],
    );
    if (changed.length > 0) void source.updateData({ update: changed });
    return;
  }
  const features = places.ids.flatMap((id, n) => {
    const [lon, lat] = [places.lon[n], places.lat[n]];
    if (lon == null || lat == null) return [];
    const geometry = { type: "Point" as const, coordinates: [lon, lat] };
    return [{ type: "Feature" as const, id, geometry, properties: { id, s: signs[n] ?? "u" } }];
  });
  const data = { type: "FeatureCollection" as const, features };
  if (source) void source.setData(data);
  else addSigns(map, layer, data);
}

function addSigns(map: Chart, layer: string, data: FeatureCollection): void {
  const share = (sign: string) => ["+", ["case", ["==", ["get", "s"], sign], 1, 0]];
  map.addSource(layer, {
    type: "geojson",
    data,
    promoteId: "id",
    cluster: true,
    clusterMaxZoom: CLUSTERED_BELOW,
    clusterRadius: 40,
    clusterProperties: { dark: share("d"), unknown: share("u") },
  });
  map.addLayer({
    id: `${layer}-groups`,
    type: "circle",
    source: layer,
    filter: ["has", "point_count"],
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "point_count"]], 1, 4, 60, 16],
      "circle-color": groupColour() as never,
      "circle-opacity": 0.75,
    },
  });
  map.addLayer({
    id: layer,
    type: "circle",
    source: layer,
    filter: ["!", ["has", "point_count"]],
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, 2, 16, 6],
      "circle-color": COLOUR as never,
      "circle-stroke-width": ["match", ["get", "s"], ["d", "u"], 1.5, 0.3],
      "circle-stroke-color": "#20262e",
    },
  });
}

/** A group takes the colour of what is wrong in it, once that is a twentieth of it. */
function groupColour(): unknown[] {
  const over = (what: string) => [">", ["get", what], ["*", 0.05, ["get", "point_count"]]];
  return ["case", over("dark"), SIGN_COLOURS.d, over("unknown"), SIGN_COLOURS.u, SIGN_COLOURS.l];
}

/** Draw a line along each group of places, in the colour that `colour` gives it. */
export function drawLines(map: Chart, layer: string, places: Places, colour: (group: string) => string): void {
  const points = places.groups.map((): Point[] => []);
  places.group.forEach((group, n) => {
    const [lon, lat] = [places.lon[n], places.lat[n]];
    if (group !== null && lon != null && lat != null) points[group]?.push([lon, lat]);
  });
  const features = places.groups.map((name, n) => ({
    type: "Feature" as const,
    properties: { name, colour: colour(name) },
    geometry: { type: "MultiLineString" as const, coordinates: along(points[n] ?? []).map((line) => line.map((p) => [...p])) },
  }));
  const data = { type: "FeatureCollection" as const, features };
  const source = map.getSource<GeoJSONSource>(layer);
  if (source) {
    void source.setData(data);
    return;
  }
  map.addSource(layer, { type: "geojson", data });
  map.addLayer(
    {
      id: layer,
      type: "line",
      source: layer,
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": ["get", "colour"], "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1.5, 15, 8], "line-opacity": 0.8 },
    },
    map.getLayer("lamps-groups") ? "lamps-groups" : undefined,
  );
}

/** Draw few, large marks, such as stations and sections: a shape for the kind, a colour for each. */
export function drawMarked(map: Chart, layer: string, shape: Shape, places: Places, colour: (id: string) => string): void {
  const features = places.ids.flatMap((id, n) => {
    const [lon, lat] = [places.lon[n], places.lat[n]];
    if (lon == null || lat == null) return [];
    const geometry = { type: "Point" as const, coordinates: [lon, lat] };
    return [{ type: "Feature" as const, properties: { id, colour: colour(id) }, geometry }];
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
    layout: { "icon-image": shape, "icon-allow-overlap": true, "icon-ignore-placement": true },
    paint: { "icon-color": ["get", "colour"], "icon-halo-color": "#20262e", "icon-halo-width": 1 },
  });
}

const WRONG = ["in", ["get", "s"], ["literal", ["d", "b", "u"]]];

/** Show of the lamps only those that are dark or unknown, and of their groups those that hold such. */
export function onlyWrong(map: Chart, only: boolean): void {
  if (!map.getLayer("lamps")) return;
  const single = ["!", ["has", "point_count"]];
  const group = ["has", "point_count"];
  const some = [">", ["+", ["get", "dark"], ["get", "unknown"]], 0];
  map.setFilter("lamps", (only ? ["all", single, WRONG] : single) as never);
  map.setFilter("lamps-groups", (only ? ["all", group, some] : group) as never);
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
    if (map.getLayer(id)) map.setLayoutProperty(id, "visibility", visible ? "visible" : "none");
  }
}
