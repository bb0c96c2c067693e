/** The layer of lamps: in groups far away, each by itself near by. MapLibre's own circles are too dear for a hundred thousand. */

import type { CustomLayerInterface, CustomRenderMethodInput, Map as Chart, PointLike } from "maplibre-gl";
import type { Places } from "../api/places";
import { Brush } from "./brush";
import { mercator, type Point } from "./lines";
import { fieldOf, grouped, groupsOf, hit, numbered, SINGLE_FROM, singles, TILE, type Field, type Groups, type Marks } from "./marks";

/** So many pixels beside a mark still hit it. */
const REACH = 4;

export class LampLayer implements CustomLayerInterface {
  readonly id = "lamps";
  readonly type = "custom";
  private map: Chart | null = null;
  private brush: Brush | null = null;
  private places: Places | null = null;
  private field: Field | null = null;
  private said = "";
  private signs: Uint8Array = new Uint8Array();
  private onlyWrong = false;
  private groups = new Map<number, Groups>();
  private marks: Marks | null = null;
  /** The zoom that `marks` are for. */
  private level = 0;

  /** Draw lamps at their places, each by its sign. */
  draw(places: Places, signs: string): void {
    if (places === this.places && signs === this.said) return;
    this.said = signs;
    if (places !== this.places) {
      this.places = places;
      this.field = fieldOf(places);
      this.groups.clear();
    }
    if (this.field) this.signs = numbered(this.field, signs);
    this.anew();
  }

  /** Show only what is dark, burning by day, or unknown. */
  showOnlyWrong(only: boolean): void {
    this.onlyWrong = only;
    this.anew();
  }

  private anew(): void {
    this.marks = null;
    this.map?.triggerRepaint();
  }

  onAdd(map: Chart, gl: WebGL2RenderingContext): void {
    this.map = map;
    this.brush = new Brush(gl);
    this.marks = null;
  }

  onRemove(): void {
    this.brush?.remove();
    this.brush = null;
  }

  render(_gl: WebGL2RenderingContext, { defaultProjectionData }: CustomRenderMethodInput): void {
    if (!this.map || !this.brush || !this.field) return;
    const zoom = this.map.getZoom();
    const level = Math.min(Math.floor(zoom), SINGLE_FROM);
    if (this.marks === null || level !== this.level) {
      this.level = level;
      this.marks = this.markedAt(this.field, level);
      this.brush.fill(this.marks);
    }
    const { width, clientWidth } = this.map.getCanvas();
    this.brush.draw(from(this.field.origin, defaultProjectionData.mainMatrix), this.scale(zoom), width / clientWidth);
  }

  private markedAt(field: Field, level: number): Marks {
    if (level === SINGLE_FROM) return singles(field, this.signs, this.onlyWrong);
    const groups = this.groups.get(level) ?? groupsOf(field, level);
    this.groups.set(level, groups);
    return grouped(field, groups, this.signs, this.onlyWrong);
  }

  /** Pixels of a radius: groups have their own, single lamps grow as one comes nearer. */
  private scale(zoom: number): number {
    return this.level < SINGLE_FROM ? 1 : Math.min(2.5 + (zoom - SINGLE_FROM) * 1.75, 8);
  }

  /** What is drawn at a pixel: the id of a lamp, or of a group the zoom at which more can be told of it. */
  at(pixel: PointLike): string | number | null {
    const { map, marks, field, places } = this;
    if (!map || !marks || !field || !places || map.getLayoutProperty(this.id, "visibility") === "none") return null;
    const zoom = map.getZoom();
    const { lng, lat } = map.unproject(pixel);
    const [x, y] = mercator([lng, lat]);
    const place: Point = [x - field.origin[0], y - field.origin[1]];
    const found = hit(marks, place, TILE * 2 ** zoom, this.scale(zoom), REACH);
    if (found === null) return null;
    if (marks.held[found] !== 1) return Math.min(this.level + 2, SINGLE_FROM);
    return places.ids[field.index[marks.lamp[found] ?? 0] ?? 0] ?? null;
  }
}

/** A matrix for places that are told from `origin`. */
function from([x, y]: Point, matrix: ArrayLike<number>): number[] {
  const m = Array.from(matrix);
  const moved = (row: number) => (m[row] ?? 0) * x + (m[4 + row] ?? 0) * y + (m[12 + row] ?? 0);
  return [...m.slice(0, 12), ...[0, 1, 2, 3].map(moved)];
}
