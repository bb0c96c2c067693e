import { expect, test } from "vitest";
import { drawn, fromGcj02, onto, toGcj02 } from "../src/map/datum";
import type { Point } from "../src/map/lines";

/** From the tests of eviltransform (Shanghai, Shenzhen, Beijing) and the README of wandergis/coordtransform (Tiananmen). */
const PUBLISHED: readonly (readonly [Point, Point])[] = [
  [[121.5272106, 31.1774276], [121.531541859215, 31.17530398364597]],
  [[113.912316, 22.543847], [113.9171764808363, 22.540796131694766]],
  [[116.377817, 39.911954], [116.38404722455657, 39.91334545536069]],
  [[116.404, 39.915], [116.41024449916938, 39.91640428150164]],
];
/** A tenth of a metre, in degrees. */
const TENTH_M = 1e-6;

test("published points are met to a few centimetres, there and back", () => {
  for (const [wgs84, gcj02] of PUBLISHED) {
    for (const axis of [0, 1] as const) {
      expect(Math.abs(toGcj02(wgs84)[axis] - gcj02[axis])).toBeLessThan(TENTH_M);
      expect(Math.abs(fromGcj02(gcj02)[axis] - wgs84[axis])).toBeLessThan(TENTH_M);
    }
  }
});

test("all over the country the way back ends within a millimetre of where the way there began", () => {
  for (let lon = 75; lon < 135; lon += 2.7) {
    for (let lat = 18; lat < 53; lat += 1.9) {
      const back = fromGcj02(toGcj02([lon, lat]));
      expect(Math.abs(back[0] - lon)).toBeLessThan(1e-8);
      expect(Math.abs(back[1] - lat)).toBeLessThan(1e-8);
    }
  }
});

test("outside of China nothing is moved, and neither is it for a map in WGS-84 or CGCS2000", () => {
  expect(toGcj02([2.35, 48.86])).toEqual([2.35, 48.86]);
  expect(onto("WGS-84")([117, 36.6])).toEqual([117, 36.6]);
  expect(onto("CGCS2000")([117, 36.6])).toEqual([117, 36.6]);
});

test("in Jinan what is drawn above a GCJ-02 map moves by half a kilometre, and what has no place stays without", () => {
  const places = { register_version: 1, ids: ["a", "b"], names: ["", ""], lon: [117, null], lat: [36.65, null], groups: [], group: [null, null] };
  const moved = drawn(places, "GCJ-02");
  expect(((moved.lon[0] ?? 0) - 117) * 89_300).toBeGreaterThan(450);
  expect(((moved.lon[0] ?? 0) - 117) * 89_300).toBeLessThan(600);
  expect([moved.lon[1], moved.lat[1]]).toEqual([null, null]);
  expect(drawn(places, "WGS-84")).toBe(places);
});
