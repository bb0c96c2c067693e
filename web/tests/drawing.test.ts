import type { CustomRenderMethodInput, Map as Chart } from "maplibre-gl";
import { expect, test } from "vitest";
import type { Places } from "../src/api/places";
import { rgb, SPRING_LINES } from "../src/map/colours";
import { Drawing } from "../src/map/drawing";
import { LampLayer } from "../src/map/lamps";
import { mercator } from "../src/map/lines";
import { stretchesOf } from "../src/map/roads";
import { SpotLayer } from "../src/map/spots";

const placesOf = (ids: string[], lon: (number | null)[], lat: number[]): Places => ({
  register_version: 1,
  ids,
  names: ids,
  lon,
  lat,
  groups: [],
  group: ids.map(() => null),
});

/** A map at zoom 12 that shows each degree as a pixel, and a graphics card that forgets what it is told. */
const map = {
  unproject: ([lng, lat]: [number, number]) => ({ lng, lat }),
  getZoom: () => 12,
  triggerRepaint: () => undefined,
  getCanvas: () => ({ width: 800, height: 600, clientWidth: 400 }),
} as unknown as Chart;
const gl = new Proxy({}, { get: () => () => ({}) }) as unknown as WebGL2RenderingContext;

test("a colour is read as a stylesheet writes it", () => {
  expect([rgb("#ff0080"), rgb("rgb(255,0,51)")]).toEqual([[1, 0, 128 / 255], [1, 0, 0.2]]);
});

test("a road is a stretch between each two of its points, in its colour; lines of one road are not joined", () => {
  const lines: [number, number][][] = [[[117, 36.6], [117.1, 36.6], [117.1, 36.7]], [[118, 36.6], [118.1, 36.6]]];
  const { data, origin } = stretchesOf([{ name: "a", lines }], ["#ff0000"]);
  expect(origin).toEqual(mercator([117, 36.6]));
  const rows = Array.from({ length: data.length / 8 }, (_, n) => [...data.subarray(n * 8, n * 8 + 8)]);
  expect(rows).toHaveLength(3);
  expect(rows[0]?.slice(0, 2)).toEqual([0, 0]);
  expect(rows[1]?.slice(0, 2)).toEqual(rows[0]?.slice(2, 4)); // the next begins where the first ends
  expect(rows[2]?.[0]).toBeCloseTo(1 / 360, 8);
  expect(rows.map((row) => row.slice(4, 7))).toEqual([[1, 0, 0], [1, 0, 0], [1, 0, 0]]);
  expect(rows.map((row) => row[7])).toEqual([1, 0, 0]); // only the first has a stretch that goes on from it
});

test("no program is asked anything until the graphics have made all of them", async () => {
  const told: string[] = [];
  const states = ["making", "making", "made"];
  const card = new Proxy<Record<string, unknown>>({ UNSIGNALED: "making" }, {
    get: (known, name) => known[String(name)] ?? (() => (told.push(String(name)), name === "getSyncParameter" ? states.shift() : name === "getProgramParameter" ? 0 : {})),
  }) as unknown as WebGL2RenderingContext;
  await new Drawing(false).begin(card);
  const asked = told.filter((name) => name === "getSyncParameter" || name === "getProgramParameter");
  expect(asked).toEqual([...Array<string>(3).fill("getSyncParameter"), ...Array<string>(3).fill("getProgramParameter")]);
});

test("a road can be seen through above the tiles of a base map, and only there", () => {
  const opacity = (aboveTiles: boolean) => {
    const told: number[] = [];
    const card = new Proxy({}, { get: (_, name) => (...all: unknown[]) => (name === "uniform1f" ? told.push(Number(all[1])) : {}) }) as unknown as WebGL2RenderingContext;
    const { roads } = new Drawing(aboveTiles);
    roads.begin(card);
    roads.onAdd(map);
    roads.draw([{ name: "a", lines: [[[117, 36.6], [117.1, 36.6]]] }], ["#ff0000"]);
    roads.render(card, { defaultProjectionData: { mainMatrix: new Float64Array(16) } } as unknown as CustomRenderMethodInput);
    return told.at(-1);
  };
  expect([opacity(false), opacity(true)]).toEqual([1, 0.8]);
});

test("the nearest mark is hit, a few pixels beside it as well; one that is hidden or has no place is not", () => {
  const layer = new SpotLayer();
  layer.begin(gl);
  layer.onAdd(map);
  layer.draw("air_station", placesOf(["a", "b", "nowhere"], [117, 117.001, null], [36.6, 36.6, 36.6]), ["#ff0000", "#00ff00", "#0000ff"]);
  expect([layer.at([117.0001, 36.6]), layer.at([117.0009, 36.6]), layer.at([117.1, 36.6])]).toEqual(["a", "b", null]);
  layer.hide(new Set(["air_station"]));
  expect(layer.at([117, 36.6])).toBeNull();
  layer.hide(new Set(["roads"]));
  expect(layer.at([117, 36.6])).toBe("a");
});

test("a mark that is left out for what it says is not hit, and is back once it is not", () => {
  const layer = new SpotLayer();
  layer.begin(gl);
  layer.onAdd(map);
  layer.draw("spring_gauge", placesOf(["high", "low"], [117, 117.001], [36.6, 36.6]), [SPRING_LINES.above, SPRING_LINES.red]);
  layer.hide(new Set(["spring_gauge.above"]));
  expect([layer.at([117, 36.6]), layer.at([117.001, 36.6])]).toEqual(["low", "low"]); // what is below the pointer, not what would be
  layer.hide(new Set());
  expect(layer.at([117, 36.6])).toBe("high");
});

test("on a wall, where letters are twice as large, so are the marks", () => {
  const layer = new SpotLayer();
  layer.begin(gl);
  layer.onAdd(map);
  layer.draw("air_station", placesOf(["a"], [117], [36.6]), ["#ff0000"]);
  const beside: [number, number] = [117 + 15 / 5825, 36.6]; // 15 pixels at zoom 12
  expect(layer.at(beside)).toBeNull();
  document.documentElement.style.fontSize = "30px";
  expect(layer.at(beside)).toBe("a");
  document.documentElement.style.fontSize = "15px";
});

test("a click on a group goes as near on a wall as on a desk", () => {
  const nearer = (letters: string) => {
    document.documentElement.style.fontSize = letters;
    const layer = new LampLayer();
    layer.begin(gl);
    layer.onAdd(map);
    layer.draw(placesOf(["a", "b"], [117, 117], [36.6, 36.6]), "ld");
    layer.render(gl, { defaultProjectionData: { mainMatrix: new Float64Array(16) } } as unknown as CustomRenderMethodInput);
    return layer.at([117, 36.6]);
  };
  expect(nearer("15px")).toBe(14); // from 12
  expect(nearer("60px")).toBe(14); // as from 10 to 12 on a desk, of which each pixel is four here
  document.documentElement.style.fontSize = "15px";
});
