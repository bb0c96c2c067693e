import { expect, test } from "vitest";
import type { Measure } from "../src/api/client";
import { springColours, SPRING_LINES, UNKNOWN } from "../src/map/colours";
import { LAYERS, type Layer } from "../src/map/layers";
import { meanings } from "../src/map/legend";
import { lang } from "../src/session";

test("the legend names every colour of every layer in both languages, and no two alike", () => {
  for (const language of ["zh", "en"] as const) {
    lang.value = language;
    for (const layer of Object.keys(LAYERS) as Layer[]) {
      const named = meanings(layer);
      expect(new Set(named.map(([, text]) => text)).size, layer).toBe(named.length);
      expect(named.some(([colour]) => colour === UNKNOWN), layer).toBe(true);
    }
  }
});

test("a spring is coloured by the lowest line that it is below; without lines or level it is unknown", () => {
  const point = (device: string, level: number | null, lines: object, below: string | null) => ({ device, level, lines, below });
  const measure = { detail: { points: [point("a", 28, { red: 27 }, null), point("b", 26, { red: 27 }, "red"), point("c", 28, {}, null), point("d", null, { red: 27 }, null)] } };
  const colours = springColours([measure as unknown as Measure]);
  expect([...colours.values()]).toEqual([SPRING_LINES.above, SPRING_LINES.red, UNKNOWN, UNKNOWN]);
});
