/** Lamps as marks of the map: each by itself near by, in groups far away. In columns, for a city has 130,000 of them. */

import type { Places } from "../api/places";
import { mercator, type Point } from "./lines";

/** What a lamp shows, one character each (`SignsOut`): what is wrong comes first, and last of that what is not known. */
export const SIGNS = ["d", "b", "u", "l", "o", "f", "x"] as const;
const UNKNOWN = SIGNS.indexOf("u");
const WRONG = UNKNOWN + 1;

/** From this zoom on each lamp is drawn by itself: those of a street stand apart then. */
export const SINGLE_FROM = 14;
/** A group is what stands in a square of so many pixels, on a map of tiles of so many. */
const CELL = 40;
export const TILE = 512;
const ROW = 2 ** 26;

/**
 * The numbers of a mark in `Marks.data`: place, radius, radius of the part that is wrong or unknown, radius of the part
 * that is wrong, sign of the rest, sign of the wrong part. Radii are pixels, of single lamps parts of `singleRadius`.
 */
export const STRIDE = 7;
const NONE = -1;
const WRONG_LARGER = 1.6;
const LEAST_PART = 3;
const [SMALLEST, LARGEST, LARGEST_HOLDS] = [4, 16, 3600];

/** Lamps that have a place: which of the places each is, and where from `origin`, in Web Mercator, the world one wide. */
export type Field = { index: Uint32Array; x: Float64Array; y: Float64Array; origin: Point };
/** The group that each lamp of a field belongs to. */
export type Groups = { of: Uint32Array; count: number };
/** What is drawn, the last above all. `lamp`: of each mark the first lamp in the field; `held`: for how many it stands. */
export type Marks = { data: Float32Array<ArrayBuffer>; lamp: Uint32Array; held: Uint32Array; count: number };

export function fieldOf({ lon, lat }: Places): Field {
  const index = Uint32Array.from(lon.keys()).filter((n) => lon[n] != null && lat[n] != null);
  const place = (n: number) => mercator([lon[n] ?? 0, lat[n] ?? 0]);
  const origin = place(index[0] ?? 0);
  const [x, y] = [new Float64Array(index.length), new Float64Array(index.length)];
  index.forEach((n, at) => {
    const [east, south] = place(n);
    x[at] = east - origin[0];
    y[at] = south - origin[1];
  });
  return { index, x, y, origin };
}

/** The signs of a field's lamps as numbers of `SIGNS`. What nothing is said of is unknown. */
export function numbered({ index }: Field, signs: string): Uint8Array {
  const numbers = new Map<string | undefined, number>(SIGNS.map((sign, n) => [sign, n]));
  return Uint8Array.from(index, (n) => numbers.get(signs[n]) ?? UNKNOWN);
}

/** Group the lamps of a field as they are drawn at a whole zoom. */
export function groupsOf({ x, y }: Field, zoom: number): Groups {
  const cells = (TILE * 2 ** zoom) / CELL;
  const groups = new Map<number, number>();
  const of = new Uint32Array(x.length);
  for (let n = 0; n < of.length; n += 1) {
    const row = Math.floor((y[n] ?? 0) * cells);
    const cell = row * ROW + Math.floor((x[n] ?? 0) * cells + (row & 1) / 2); // as bricks: nobody sees a grid
    let group = groups.get(cell);
    if (group === undefined) groups.set(cell, (group = groups.size));
    of[n] = group;
  }
  return { of, count: groups.size };
}

/** Each lamp by itself; what is wrong is larger, and above the others. `shown`: by the number of a sign, whether it is drawn. */
export function singles(field: Field, signs: Uint8Array, shown: readonly boolean[]): Marks {
  const marks = empty(signs.length);
  for (const wrong of [false, true]) {
    for (let n = 0; n < signs.length; n += 1) {
      const sign = signs[n] ?? UNKNOWN;
      if (sign < WRONG !== wrong || !shown[sign]) continue;
      add(marks, n, 1, [field.x[n] ?? 0, field.y[n] ?? 0, wrong ? WRONG_LARGER : 1, NONE, NONE, sign, sign]);
    }
  }
  return marks;
}

/** Groups in the middle of what they hold; those that hold something wrong above the others. */
export function grouped(field: Field, { of, count }: Groups, signs: Uint8Array, shown: readonly boolean[]): Marks {
  const held = new Uint32Array(count * SIGNS.length);
  const [x, y, first] = [new Float64Array(count), new Float64Array(count), new Uint32Array(count)];
  for (let n = signs.length - 1; n >= 0; n -= 1) {
    const [group, sign] = [of[n] ?? 0, signs[n] ?? UNKNOWN];
    if (!shown[sign]) continue;
    held[group * SIGNS.length + sign] = (held[group * SIGNS.length + sign] ?? 0) + 1;
    x[group] = (x[group] ?? 0) + (field.x[n] ?? 0);
    y[group] = (y[group] ?? 0) + (field.y[n] ?? 0);
    first[group] = n;
  }
  const marks = empty(count);
  for (const wrong of [false, true]) {
    for (let group = 0; group < count; group += 1) {
      const counts = held.subarray(group * SIGNS.length, (group + 1) * SIGNS.length);
      const all = sum(counts);
      if (all === 0 || sum(counts.subarray(0, WRONG)) > 0 !== wrong) continue;
      add(marks, first[group] ?? 0, all, [(x[group] ?? 0) / all, (y[group] ?? 0) / all, ...look(counts, all)]);
    }
  }
  return marks;
}

type Look = readonly [radius: number, rim: number, core: number, sign: number, wrong: number];

/** How a group looks: as large as it holds many, the parts of what is unknown and wrong in it by area, and never too small to be seen. */
function look(counts: Uint32Array, all: number): Look {
  const unknown = counts[UNKNOWN] ?? 0;
  const wrong = sum(counts.subarray(0, UNKNOWN));
  const whole = SMALLEST + ((LARGEST - SMALLEST) * (Math.sqrt(all) - 1)) / (Math.sqrt(LARGEST_HOLDS) - 1);
  const radius = Math.min(whole, LARGEST);
  const part = (many: number) => radius * Math.sqrt(many / all);
  const core = wrong > 0 ? Math.max(part(wrong), LEAST_PART) : NONE;
  const rim = unknown > 0 ? Math.max(part(wrong + unknown), LEAST_PART, core + LEAST_PART / 2) : NONE;
  const least = Math.max(core, rim) + (all > wrong + unknown ? 1 : 0);
  return [Math.max(radius, least), rim, core, most(counts, WRONG, SIGNS.length), most(counts, 0, UNKNOWN)];
}

function most(counts: Uint32Array, from: number, to: number): number {
  let found = from;
  for (let n = from; n < to; n += 1) if ((counts[n] ?? 0) > (counts[found] ?? 0)) found = n;
  return found;
}

function sum(counts: Uint32Array): number {
  let all = 0;
  for (const each of counts) all += each;
  return all;
}

function empty(room: number): Marks {
  return { data: new Float32Array(room * STRIDE), lamp: new Uint32Array(room), held: new Uint32Array(room), count: 0 };
}

function add(marks: Marks, lamp: number, held: number, numbers: readonly number[]): void {
  marks.data.set(numbers, marks.count * STRIDE);
  marks.lamp[marks.count] = lamp;
  marks.held[marks.count] = held;
  marks.count += 1;
}

/** The mark that a place lies in, the nearest if several do; `scale`: pixels of a radius, `reach`: so many pixels beside it count as hit. */
export function hit({ data, count }: Marks, [x, y]: Point, world: number, scale: number, reach: number): number | null {
  let [found, nearest] = [null as number | null, Infinity];
  for (let n = 0; n < count; n += 1) {
    const distance = world * Math.hypot((data[n * STRIDE] ?? 0) - x, (data[n * STRIDE + 1] ?? 0) - y);
    if (distance >= nearest || distance > (data[n * STRIDE + 2] ?? 0) * scale + reach) continue;
    [found, nearest] = [n, distance];
  }
  return found;
}
