import { expect, test } from "vitest";
import type { Places } from "../src/api/places";
import { fieldOf, grouped, groupsOf, hit, numbered, SIGNS, singles, STRIDE, TILE, type Marks } from "../src/map/marks";

const CITY = 5000;

/** Lamps in a square of a third of a degree around Jinan; every hundredth is not surveyed yet. */
function city(): Places {
  const ids = Array.from({ length: CITY }, (_, n) => `sl-${n}`);
  const unknown = (n: number) => n % 100 === 99;
  return {
    register_version: 1,
    ids,
    names: ids,
    lon: ids.map((_, n) => (unknown(n) ? null : 116.9 + ((n * 37) % 1000) / 3000)),
    lat: ids.map((_, n) => (unknown(n) ? null : 36.5 + ((n * 91) % 997) / 3000)),
    groups: [],
    group: ids.map(() => null),
  };
}

const ALL = SIGNS.map(() => true);
const mark = ({ data }: Marks, n: number) => [...data.subarray(n * STRIDE, (n + 1) * STRIDE)];
const marksOf = (marks: Marks) => Array.from({ length: marks.count }, (_, n) => mark(marks, n));
const total = (marks: Marks) => marks.held.reduce((sum, held) => sum + held, 0);

test("the marks of groups hold every surveyed lamp once at each zoom, and fewer marks the farther one is away", () => {
  const field = fieldOf(city());
  const signs = numbered(field, "l".repeat(CITY));
  const marks = [4, 8, 10, 12].map((zoom) => grouped(field, groupsOf(field, zoom), signs, ALL));
  expect(marks.map(total)).toEqual([4950, 4950, 4950, 4950]);
  const counts = marks.map(({ count }) => count);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(counts[0]).toBeLessThanOrEqual(4);
});

test("a single dark lamp among thousands is seen at every zoom, drawn last", () => {
  const field = fieldOf(city());
  const dark = 1234;
  const signs = numbered(field, `${"l".repeat(dark)}d${"l".repeat(CITY - dark - 1)}`);
  for (let zoom = 0; zoom < 14; zoom += 1) {
    const marks = grouped(field, groupsOf(field, zoom), signs, ALL);
    const last = mark(marks, marks.count - 1);
    const [, , radius = 0, rim, core = 0, sign = 0, wrong = 0] = last;
    expect([core >= 3, rim, SIGNS[wrong]], `zoom ${zoom}`).toEqual([true, -1, "d"]);
    if (marks.held[marks.count - 1] !== 1) expect([SIGNS[sign], radius > 3], `zoom ${zoom}`).toEqual(["l", true]);
    expect(marksOf(marks).filter((each) => (each[4] ?? 0) > 0)).toHaveLength(1);
  }
  const near = singles(field, signs, ALL);
  expect(field.index[near.lamp[near.count - 1] ?? 0]).toBe(dark);
  expect(SIGNS[mark(near, near.count - 1)[5] ?? 0]).toBe("d");
});

test("what is unknown has its own part of a group, and what nothing is said of is unknown", () => {
  const field = fieldOf(city());
  const marks = grouped(field, groupsOf(field, 0), numbered(field, "l".repeat(CITY / 2)), ALL);
  const [, , radius = 0, rim = 0, core, sign = 0] = mark(marks, 0);
  expect(SIGNS[sign]).toBe("l");
  expect(core).toBe(-1);
  expect((rim / radius) ** 2).toBeCloseTo(0.5, 1);
});

test("what is not to be shown is not there, alone and in groups, and a group is as large as what it shows", () => {
  const field = fieldOf(city());
  const signs = numbered(field, "lodubx".repeat(CITY).slice(0, CITY));
  for (const wanted of ["d", "u", "l", "dub"]) {
    const shown = SIGNS.map((sign) => wanted.includes(sign));
    const left = signs.filter((sign) => shown[sign]).length;
    expect(singles(field, signs, shown).count, wanted).toBe(left);
    const groups = grouped(field, groupsOf(field, 9), signs, shown);
    expect(total(groups), wanted).toBe(left);
    expect(Math.max(...marksOf(groups).map(([, , radius = 0]) => radius))).toBeLessThan(Math.max(...marksOf(grouped(field, groupsOf(field, 9), signs, ALL)).map(([, , radius = 0]) => radius)));
  }
  expect(singles(field, signs, SIGNS.map(() => false)).count).toBe(0);
});

test("a click finds the mark below it and none where there is none", () => {
  const field = fieldOf(city());
  const marks = singles(field, numbered(field, "l".repeat(CITY)), ALL);
  const world = TILE * 2 ** 16;
  const [x, y] = [field.x[77] ?? 0, field.y[77] ?? 0];
  const found = hit(marks, [x + 5 / world, y], world, 6, 4);
  expect(found === null ? null : marks.lamp[found]).toBe(77);
  expect(hit(marks, [x + 12 / world, y], world, 6, 4)).toBe(null);
});
