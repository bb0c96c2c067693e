/** What the layers have in common that the map draws itself, not MapLibre: one buffer and one call each, whatever they hold. */

import type { CustomLayerInterface, CustomRenderMethodInput, Map as Chart } from "maplibre-gl";
import { enlarged } from "../ui/enlarged";
import type { Point } from "./lines";
import type { Tool } from "./program";
import type { Hidden } from "./states";

/** How a layer is seen now: from places to clip space, from there to pixels of the canvas. */
export type Seen = {
  /** For places in Web Mercator that are told from `origin`. */
  matrix: (origin: Point) => number[];
  /** As on a desk: a wall shows the same in larger pixels. */
  zoom: number;
  /** Pixels of the canvas. */
  size: Point;
  /** Pixels of the canvas in one of a desk. */
  pixels: number;
};

export abstract class OwnLayer<Brush extends Tool> implements CustomLayerInterface {
  abstract readonly id: string;
  readonly type = "custom";
  protected map: Chart | null = null;
  protected hidden: Hidden = new Set();
  private brush: Brush | null = null;
  /** Whether the brush holds what is to be drawn: not when it is another one, or something else was told. */
  private filled = false;

  protected abstract brushFor(gl: WebGL2RenderingContext): Brush;
  /** Put what is to be drawn into the brush. */
  protected abstract fill(brush: Brush, zoom: number): void;
  protected abstract paint(brush: Brush, seen: Seen): void;

  /** Leave out these layers and states from now on. */
  hide(hidden: Hidden): void {
    this.hidden = hidden;
    this.anew();
  }

  protected anew(): void {
    this.filled = false;
    this.map?.triggerRepaint();
  }

  /** What it draws with from now on: the graphics are new, or have lost what they had. */
  begin(gl: WebGL2RenderingContext): Tool {
    this.filled = false;
    return (this.brush = this.brushFor(gl));
  }

  onAdd(map: Chart): void {
    this.map = map;
  }

  onRemove(): void {
    this.brush?.remove();
    this.brush = null;
  }

  render(_gl: WebGL2RenderingContext, { defaultProjectionData }: CustomRenderMethodInput): void {
    const { map, brush } = this;
    if (!map || !brush) return;
    const larger = enlarged(); // once a frame: to ask it of the page is not free
    const zoom = zoomOf(map, larger);
    if (!this.filled) this.fill(brush, zoom);
    this.filled = true;
    const { width, height, clientWidth } = map.getCanvas();
    const matrix = (origin: Point) => from(origin, defaultProjectionData.mainMatrix);
    this.paint(brush, { matrix, zoom, size: [width, height], pixels: (larger * width) / clientWidth });
  }
}

/** The zoom at which a desk, with its smaller pixels, shows the same. */
export function zoomOf(map: Chart, larger = enlarged()): number {
  return map.getZoom() - Math.log2(larger);
}

/** A matrix for places that are told from `origin`. */
function from([x, y]: Point, matrix: ArrayLike<number>): number[] {
  const m = Array.from(matrix);
  const moved = (row: number) => (m[row] ?? 0) * x + (m[4 + row] ?? 0) * y + (m[12 + row] ?? 0);
  return [...m.slice(0, 12), ...[0, 1, 2, 3].map(moved)];
}
