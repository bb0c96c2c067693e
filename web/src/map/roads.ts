/** The layer of roads: stretches between two points each, with round ends, so that they join at any angle. */

import { rgb } from "./colours";
import { mercator, type Point, type Road } from "./lines";
import { OwnLayer, type Seen } from "./own-layer";
import { Tool } from "./program";
import { hides } from "./states";

const CORNERS = 4;

const VERTEX = `#version 300 es
uniform mat4 u_matrix;
uniform vec2 u_size;
uniform float u_half;
layout(location = 0) in vec4 a_ends;
layout(location = 1) in vec3 a_colour;
layout(location = 2) in float a_goes_on;
flat out vec3 v_colour;
flat out float v_length;
flat out float v_goes_on;
out vec2 v_at;
vec2 pixels(vec2 place) {
  vec4 seen = u_matrix * vec4(place, 0.0, 1.0);
  return seen.xy / seen.w * u_size * 0.5;
}
void main() {
  vec2 from = pixels(a_ends.xy);
  vec2 way = pixels(a_ends.zw) - from;
  v_length = length(way);
  v_colour = a_colour;
  v_goes_on = a_goes_on;
  vec2 along = v_length > 0.0 ? way / v_length : vec2(1.0, 0.0);
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  float reach = u_half + 1.0;
  v_at = mix(vec2(-reach), vec2(v_length + reach, reach), corner);
  gl_Position = vec4((from + along * v_at.x + vec2(-along.y, along.x) * v_at.y) / u_size * 2.0, 0.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform float u_half;
uniform float u_opacity;
flat in vec3 v_colour;
flat in float v_length;
flat in float v_goes_on;
in vec2 v_at;
out vec4 colour;
void main() {
  float beyond = max(max(-v_at.x, v_at.x - v_length), 0.0);
  float alpha = clamp(u_half - length(vec2(beyond, v_at.y)) + 0.5, 0.0, 1.0);
  float end = clamp(length(v_at - vec2(v_length, 0.0)) - u_half + 1.5, 0.0, 1.0);
  alpha *= mix(1.0, end, v_goes_on) * u_opacity;
  colour = vec4(v_colour * alpha, alpha);
}`;

class Pen extends Tool {
  constructor(gl: WebGL2RenderingContext) {
    super(gl, [VERTEX, FRAGMENT], [4, 3, 1], 1);
  }

  /** `half`: of a line's width, pixels of the canvas. */
  draw(matrix: readonly number[], [width, height]: Point, half: number, opacity: number): void {
    const { gl, program, rows } = this;
    program.use();
    gl.uniformMatrix4fv(program.uniform("u_matrix"), false, matrix);
    gl.uniform2f(program.uniform("u_size"), width, height);
    gl.uniform1f(program.uniform("u_half"), half);
    gl.uniform1f(program.uniform("u_opacity"), opacity);
    rows.with(() => { gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, CORNERS, rows.count); });
  }
}

/**
 * Stretches of roads, a row each: both ends, told from `origin`, the colour, and 1 where another stretch goes on from the
 * second end. That one draws the round joint: what can be seen through must not be drawn twice.
 */
type Stretches = { data: Float32Array<ArrayBuffer>; origin: Point };

export function stretchesOf(roads: readonly Road[], colours: readonly string[]): Stretches {
  const [lon, lat] = roads.flatMap(({ lines }) => lines.flat())[0] ?? [0, 0];
  const origin = mercator([lon, lat]);
  const rows = roads.flatMap(({ lines }, n) => {
    const colour = rgb(colours[n] ?? "#000000");
    return lines.flatMap((line) => {
      const points = line.map((point) => {
        const [x, y] = mercator(point);
        return [x - origin[0], y - origin[1]] as const;
      });
      return points.slice(1).flatMap((to, before) => [...(points[before] ?? to), ...to, ...colour, before + 2 < points.length ? 1 : 0]);
    });
  });
  return { data: Float32Array.from(rows), origin };
}

export class RoadLayer extends OwnLayer<Pen> {
  readonly id = "roads";
  private roads: readonly Road[] = [];
  private colours: readonly string[] = [];
  /** What the places in the pen are told from. */
  private origin: Point = [0, 0];

  /** `opacity`: so that the names of a map below can be read. */
  constructor(private readonly opacity: number) {
    super();
  }

  /** Draw roads, each in its colour. */
  draw(roads: readonly Road[], colours: readonly string[]): void {
    [this.roads, this.colours] = [roads, colours];
    this.anew();
  }

  protected brushFor(gl: WebGL2RenderingContext): Pen {
    return new Pen(gl);
  }

  protected fill(pen: Pen): void {
    const shown = (_: unknown, n: number) => !hides(this.hidden, "roads", this.colours[n] ?? "");
    const { data, origin } = stretchesOf(this.roads.filter(shown), this.colours.filter(shown));
    pen.rows.fill(data);
    this.origin = origin;
  }

  protected paint(pen: Pen, { matrix, zoom, size, pixels }: Seen): void {
    if (pen.rows.count > 0) pen.draw(matrix(this.origin), size, (width(zoom) / 2) * pixels, this.opacity);
  }
}

/** How wide a road is drawn, pixels of the page. */
function width(zoom: number): number {
  return 1.5 + (6.5 * Math.min(Math.max(zoom - 9, 0), 6)) / 6;
}
