/** Draws marks as points of WebGL: one vertex and one call for all of them, so that a city of lamps costs a frame little. */

import { EDGE, rgb, SIGN_COLOURS } from "./colours";
import { SIGNS, STRIDE, type Marks } from "./marks";
import { Tool } from "./program";

const OPACITY = 0.9;
const COLOURS = SIGNS.flatMap((sign) => rgb(SIGN_COLOURS[sign]));

const VERTEX = `#version 300 es
uniform mat4 u_matrix;
uniform float u_scale;
uniform float u_pixels;
uniform vec3 u_signs[${SIGNS.length}];
layout(location = 0) in vec2 a_place;
layout(location = 1) in vec3 a_radii;
layout(location = 2) in vec2 a_signs;
flat out vec3 v_radii;
flat out vec3 v_rest;
flat out vec3 v_wrong;
flat out float v_edge;
flat out float v_size;
void main() {
  gl_Position = u_matrix * vec4(a_place, 0.0, 1.0);
  v_radii = a_radii * u_scale * u_pixels;
  v_rest = u_signs[int(a_signs.x)];
  v_wrong = u_signs[int(a_signs.y)];
  v_edge = (int(a_signs.x) < ${SIGNS.indexOf("l")} ? 1.0 : 0.5) * u_pixels;
  v_size = 2.0 * v_radii.x + 2.0;
  gl_PointSize = v_size;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform vec3 u_unknown;
uniform vec3 u_edge;
flat in vec3 v_radii;
flat in vec3 v_rest;
flat in vec3 v_wrong;
flat in float v_edge;
flat in float v_size;
out vec4 colour;
float within(float radius, float distance) { return clamp(radius - distance + 0.5, 0.0, 1.0); }
void main() {
  float distance = length(gl_PointCoord - 0.5) * v_size;
  vec3 seen = mix(u_edge, v_rest, within(v_radii.x - v_edge, distance));
  seen = mix(seen, u_unknown, within(v_radii.y, distance));
  seen = mix(seen, v_wrong, within(v_radii.z, distance));
  float alpha = within(v_radii.x, distance) * ${OPACITY};
  colour = vec4(seen * alpha, alpha);
}`;

export class Brush extends Tool {
  constructor(gl: WebGL2RenderingContext) {
    super(gl, [VERTEX, FRAGMENT], [2, 3, 2], 0);
  }

  /** What is drawn from now on. */
  fill({ data, count }: Marks): void {
    this.rows.fill(data.subarray(0, count * STRIDE));
  }

  /** `matrix`: from places to clip space; `scale`: pixels of a radius; `pixels`: those of the canvas in one of the page. */
  draw(matrix: readonly number[], scale: number, pixels: number): void {
    const { gl, program, rows } = this;
    program.use();
    gl.uniformMatrix4fv(program.uniform("u_matrix"), false, matrix);
    gl.uniform1f(program.uniform("u_scale"), scale);
    gl.uniform1f(program.uniform("u_pixels"), pixels);
    gl.uniform3fv(program.uniform("u_signs"), COLOURS);
    gl.uniform3fv(program.uniform("u_unknown"), rgb(SIGN_COLOURS.u));
    gl.uniform3fv(program.uniform("u_edge"), rgb(EDGE));
    rows.with(() => { gl.drawArrays(gl.POINTS, 0, rows.count); });
  }
}
