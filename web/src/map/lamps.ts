/** The layer of lamps: in groups far away, each by itself near by. MapLibre's own circles are too dear for a hundred thousand. */

import type { PointLike } from "maplibre-gl";
import type { Places } from "../api/places";
import { Brush } from "./brush";
import { mercator, type Point } from "./lines";
import { fieldOf, grouped, groupsOf, hit, numbered, SIGNS, SINGLE_FROM, singles, TILE, type Field, type Groups, type Marks } from "./marks";
import { OwnLayer, zoomOf, type Seen } from "./own-layer";
import { nameOf, type Hidden } from "./states";

/** So many pixels beside a mark still hit it. */
const REACH = 4;

export class LampLayer extends OwnLayer<Brush> {
  readonly id = "lamps";
  private places: Places | null = null;
  private field: Field | null = null;
  private said = "";
  private signs: Uint8Array = new Uint8Array();
  private shown: readonly boolean[] = SIGNS.map(() => true);
  private groups = new Map<number, Groups>();
  /** What is drawn at a zoom, kept until something else is said of the lamps: one comes back to a zoom. */
  private kept = new Map<number, Marks>();
  /** What the brush was filled with, and the zoom that this is for. */
  private marks: Marks | null = null;
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
    this.kept.clear();
    this.anew();
  }

  override hide(hidden: Hidden): void {
    this.shown = SIGNS.map((sign) => !hidden.has(nameOf("streetlight", sign)));
    this.kept.clear();
    super.hide(hidden);
  }

  protected brushFor(gl: WebGL2RenderingContext): Brush {
    return new Brush(gl);
  }

  protected fill(brush: Brush, zoom: number): void {
    if (!this.field || this.hidden.has("streetlight")) return;
    this.level = levelAt(zoom);
    this.marks = this.kept.get(this.level) ?? this.markedAt(this.field, this.level);
    this.kept.set(this.level, this.marks);
    brush.fill(this.marks);
  }

  protected paint(brush: Brush, { matrix, zoom, pixels }: Seen): void {
    if (!this.field || this.hidden.has("streetlight")) return;
    if (levelAt(zoom) !== this.level) this.fill(brush, zoom);
    brush.draw(matrix(this.field.origin), this.scale(zoom), pixels);
  }

  private markedAt(field: Field, level: number): Marks {
    if (level === SINGLE_FROM) return singles(field, this.signs, this.shown);
    const groups = this.groups.get(level) ?? groupsOf(field, level);
    this.groups.set(level, groups);
    return grouped(field, groups, this.signs, this.shown);
  }

  /** Pixels of a radius: groups have their own, single lamps grow as one comes nearer. */
  private scale(zoom: number): number {
    return this.level < SINGLE_FROM ? 1 : Math.min(2.5 + (zoom - SINGLE_FROM) * 1.75, 8);
  }

  /** What is drawn at a pixel: the id of a lamp, or of a group the zoom at which more can be told of it. */
  at(pixel: PointLike): string | number | null {
    const { map, marks, field, places } = this;
    if (!map || !marks || !field || !places || this.hidden.has("streetlight")) return null;
    const zoom = zoomOf(map);
    const { lng, lat } = map.unproject(pixel);
    const [x, y] = mercator([lng, lat]);
    const place: Point = [x - field.origin[0], y - field.origin[1]];
    const found = hit(marks, place, TILE * 2 ** zoom, this.scale(zoom), REACH);
    if (found === null) return null;
    if (marks.held[found] !== 1) return Math.min(this.level + 2, SINGLE_FROM) + map.getZoom() - zoom; // on a wall as near as on a desk
    return places.ids[field.index[marks.lamp[found] ?? 0] ?? 0] ?? null;
  }
}

/** The whole zoom by which lamps are grouped: from one on each stands by itself. */
function levelAt(zoom: number): number {
  return Math.min(Math.floor(zoom), SINGLE_FROM);
}
