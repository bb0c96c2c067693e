/** The layer of few, large marks, such as stations and sections: a shape for the kind, a colour for each. */

import type { PointLike } from "maplibre-gl";
import type { Places } from "../api/places";
import { EDGE, rgb, type Shape } from "./colours";
import { LAYERS, type SpotKind } from "./layers";
import { mercator, type Point } from "./lines";
import { TILE } from "./marks";
import { OwnLayer, zoomOf, type Seen } from "./own-layer";
import { Tool } from "./program";
import { DISTANCE, REACH, SHAPES } from "./shapes";
import { hides } from "./states";

/** So many pixels beside a mark still hit it. */
const BESIDE = 4;

const VERTEX = `#version 300 es
uniform mat4 u_matrix;
uniform float u_radius;
uniform float u_pixels;
layout(location = 0) in vec2 a_place;
layout(location = 1) in float a_shape;
layout(location = 2) in vec3 a_colour;
flat out vec3 v_colour;
flat out int v_shape;
flat out float v_size;
void main() {
  gl_Position = u_matrix * vec4(a_place, 0.0, 1.0);
  v_colour = a_colour;
  v_shape = int(a_shape);
  v_size = 2.0 * (${REACH.toFixed(1)} * u_radius + u_pixels + 1.0);
  gl_PointSize = v_size;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform float u_radius;
uniform float u_pixels;
uniform vec3 u_edge;
flat in vec3 v_colour;
flat in int v_shape;
flat in float v_size;
out vec4 colour;
float outside(vec2 at) {
  ${SHAPES.map((shape, n) => `if (v_shape == ${n}) return ${DISTANCE[shape]};`).join("\n  ")}
  return 1.0;
}
void main() {
  float distance = outside((gl_PointCoord - 0.5) * v_size / u_radius) * u_radius;
  vec3 seen = mix(u_edge, v_colour, clamp(0.5 - distance, 0.0, 1.0));
  float alpha = clamp(u_pixels + 0.5 - distance, 0.0, 1.0);
  colour = vec4(seen * alpha, alpha);
}`;

class Stamp extends Tool {
  constructor(gl: WebGL2RenderingContext) {
    super(gl, [VERTEX, FRAGMENT], [2, 1, 3], 0);
  }

  /** `radius`: pixels of the canvas, of which `pixels` are one of the page. */
  draw(matrix: readonly number[], radius: number, pixels: number): void {
    const { gl, program, rows } = this;
    program.use();
    gl.uniformMatrix4fv(program.uniform("u_matrix"), false, matrix);
    gl.uniform1f(program.uniform("u_radius"), radius);
    gl.uniform1f(program.uniform("u_pixels"), pixels);
    gl.uniform3fv(program.uniform("u_edge"), rgb(EDGE));
    rows.with(() => { gl.drawArrays(gl.POINTS, 0, rows.count); });
  }
}

type Spot = { id: string; at: Point; shape: Shape; colour: string };

export class SpotLayer extends OwnLayer<Stamp> {
  readonly id = "spots";
  private readonly kinds = new Map<SpotKind, Spot[]>();
  /** What the places in the brush are told from. */
  private origin: Point = [0, 0];

  /** Draw the places of a kind, each in its colour. */
  draw(kind: SpotKind, places: Places, colours: readonly string[]): void {
    const { shape } = LAYERS[kind];
    const spots = places.ids.flatMap((id, n): Spot[] => {
      const [lon, lat] = [places.lon[n], places.lat[n]];
      return lon == null || lat == null ? [] : [{ id, at: mercator([lon, lat]), shape, colour: colours[n] ?? EDGE }];
    });
    this.kinds.set(kind, spots);
    this.anew();
  }

  /** Whose mark is at a pixel: the nearest, if several are. */
  at(pixel: PointLike): string | null {
    if (!this.map) return null;
    const { lng, lat } = this.map.unproject(pixel);
    const [x, y] = mercator([lng, lat]);
    const zoom = zoomOf(this.map);
    let [found, nearest] = [null as string | null, (radius(zoom) + BESIDE) / (TILE * 2 ** zoom)];
    for (const { id, at } of this.shown()) {
      const distance = Math.hypot(at[0] - x, at[1] - y);
      if (distance <= nearest) [found, nearest] = [id, distance];
    }
    return found;
  }

  private shown(): Spot[] {
    return [...this.kinds].flatMap(([kind, spots]) => spots.filter(({ colour }) => !hides(this.hidden, kind, colour)));
  }

  protected brushFor(gl: WebGL2RenderingContext): Stamp {
    return new Stamp(gl);
  }

  protected fill(stamp: Stamp): void {
    const spots = this.shown();
    const origin = spots[0]?.at ?? this.origin;
    stamp.rows.fill(Float32Array.from(spots.flatMap((spot) => row(spot, origin))));
    this.origin = origin;
  }

  protected paint(stamp: Stamp, { matrix, zoom, pixels }: Seen): void {
    if (stamp.rows.count > 0) stamp.draw(matrix(this.origin), radius(zoom) * pixels, pixels);
  }
}

function row({ at, shape, colour }: Spot, [x, y]: Point): number[] {
  return [at[0] - x, at[1] - y, SHAPES.indexOf(shape), ...rgb(colour)];
}

/** How large a mark is drawn, pixels of the page. */
function radius(zoom: number): number {
  return 4 + (4 * Math.min(Math.max(zoom - 10, 0), 3)) / 3;
}
