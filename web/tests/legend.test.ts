import { expect, test } from "vitest";
import type { Measure } from "../src/api/client";
import { lotColour, NOTHING, rateColour, springColours, SPRING_LINES, UNKNOWN } from "../src/map/colours";
import { LAYERS, type Layer } from "../src/map/layers";
import { meaning } from "../src/map/legend";
import { hiddenOf, hides, leaveOut, NORMAL, queryWith, stateOf, STATES, tally } from "../src/map/states";
import { lang } from "../src/session";

const layers = Object.keys(LAYERS) as Layer[];

test("the legend names every colour of every layer in both languages, and no two alike", () => {
  for (const language of ["zh", "en"] as const) {
    lang.value = language;
    for (const layer of layers) {
      const states = STATES[layer];
      expect(new Set(states.map(([state]) => meaning(layer, state))).size, layer).toBe(states.length);
      expect(new Set(states.map(([, colour]) => colour)).size, layer).toBe(states.length);
      expect(states.some(([state, colour]) => state === "u" && colour === UNKNOWN), layer).toBe(true);
    }
  }
});

test("what is left out is read back from the address as it was written there, beside what else stands in it", () => {
  const hidden = new Set(["roads", "streetlight.l", "river_section.1", "spring_gauge.above"]);
  const query = queryWith("?wall=", hidden);
  expect(query).toBe("?wall=&hide=roads+streetlight.l+river_section.1+spring_gauge.above");
  expect(hiddenOf(new URLSearchParams(query).get("hide") ?? "")).toEqual(hidden);
  expect([queryWith(query, new Set()), queryWith("?hide=roads", new Set())]).toEqual(["?wall=", ""]);
  expect(hiddenOf("roads rivers streetlight.z").size).toBe(1); // what no layer knows is nothing to leave out
  expect(hiddenOf(undefined).size).toBe(0);
});

test("a mark is left out with its layer or for what it says, and for nothing else", () => {
  const [good, bad] = [SPRING_LINES.above, SPRING_LINES.red];
  const hidden = new Set(["spring_gauge.above", "roads.98"]);
  expect([hides(hidden, "spring_gauge", good), hides(hidden, "spring_gauge", bad), hides(hidden, "parking_lot", good)]).toEqual([true, false, false]);
  expect(hides(new Set(["spring_gauge"]), "spring_gauge", bad)).toBe(true);
  expect(hides(hidden, "spring_gauge", "#123456")).toBe(false); // a colour that says nothing is never left out for it
});

test("only what is wrong leaves out the lamps that are normal, and brings them back", () => {
  const only = leaveOut(new Set(["roads"]), NORMAL, true);
  expect([...only].sort()).toEqual(["roads", "streetlight.l", "streetlight.o", "streetlight.x"]);
  expect([...leaveOut(only, NORMAL, false)]).toEqual(["roads"]);
});

test("marks are counted by what they say", () => {
  expect(Object.fromEntries(tally("llduull"))).toEqual({ l: 4, d: 1, u: 2 });
});

test("where nothing could be counted there is nothing to tell; where nothing was heard or too little is known it is unknown", () => {
  const of = (value: number | null, denominator: number, unknown: number) => ({ value, denominator, unknown }) as Measure;
  for (const colour of [rateColour, lotColour]) {
    expect([undefined, of(null, 0, 0), of(null, 10, 10), of(20, 10, 6)].map(colour)).toEqual([UNKNOWN, NOTHING, UNKNOWN, UNKNOWN]);
  }
  expect([99, 97, 85, 10].map((value) => stateOf("roads", rateColour(of(value, 10, 5))))).toEqual(["98", "96", "80", "0"]);
});

test("a spring is coloured by the lowest line that it is below; without lines or level it is unknown", () => {
  const point = (device: string, level: number | null, lines: object, below: string | null) => ({ device, level, lines, below });
  const measure = { detail: { points: [point("a", 28, { red: 27 }, null), point("b", 26, { red: 27 }, "red"), point("c", 28, {}, null), point("d", null, { red: 27 }, null)] } };
  const colours = springColours([measure as unknown as Measure]);
  expect([...colours.values()]).toEqual([SPRING_LINES.above, SPRING_LINES.red, UNKNOWN, UNKNOWN]);
});
