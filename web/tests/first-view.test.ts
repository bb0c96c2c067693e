import type { Map as Chart } from "maplibre-gl";
import { expect, test } from "vitest";
import type { Places } from "../src/api/places";
import { boundsOf, FirstView, isNamed, type Kind } from "../src/map/first-view";

const KINDS: readonly Kind[] = ["streetlight", "air_station", "river_section", "parking_lot", "spring_gauge"];
const at = (...points: [number, number][]) => ({ lon: points.map(([lon]) => lon), lat: points.map(([, lat]) => lat) }) as Places;

/** A map that remembers what it was told to show. */
function chart() {
  const shown: unknown[] = [];
  const view = { lng: 117.1, lat: 36.6, zoom: 10.5 };
  const map = { getCenter: () => view, getZoom: () => view.zoom, fitBounds: (bounds: unknown) => shown.push(bounds) } as unknown as Chart;
  return { map, view, shown };
}

test("bounds are around all but the outlying hundredth on each side, and there are none where nothing has a place", () => {
  expect(boundsOf([117, 116.5], [36.5, 36.9])).toEqual([116.5, 36.5, 117, 36.9]);
  const [lon, lat] = [Array.from({ length: 98 }, () => 117), Array.from({ length: 98 }, () => 36.6)];
  expect(boundsOf([...lon, 115, 119], [...lat, 37.5, 35])).toEqual([117, 36.6, 117, 36.6]);
  expect(boundsOf([], [])).toBeNull();
});

test("a map without a view shows all of the register, once, when all of it has come", () => {
  for (const mapFirst of [true, false]) {
    const { map, shown } = chart();
    const first = new FirstView();
    if (mapFirst) first.begin(map);
    KINDS.forEach((kind, n) => {
      expect(shown).toEqual([]);
      first.came(kind, kind === "air_station" ? ({ lon: [null], lat: [null] } as Places) : at([117 + n, 36 + n]));
    });
    if (!mapFirst) first.begin(map);
    expect(shown).toEqual([[117, 36, 121, 40]]);
    first.came("streetlight", at([100, 30])); // a lamp came or went later
    expect(shown).toHaveLength(1);
  }
});

test("who has moved the map meanwhile stays where they are, and an empty register keeps the middle of the city", () => {
  const [moved, empty] = [chart(), chart()];
  for (const { map, view, shown } of [moved, empty]) {
    const first = new FirstView();
    first.begin(map);
    if (view === moved.view) view.zoom = 12;
    for (const kind of KINDS) first.came(kind, view === moved.view ? at([117, 36]) : at());
    expect(shown).toEqual([]);
  }
});

test("an address that names a view keeps it", () => {
  expect([isNamed("#map=12/36.6/117.1"), isNamed(""), isNamed("#content")]).toEqual([true, false, false]);
});
