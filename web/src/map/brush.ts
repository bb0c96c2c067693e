/** Draws marks as points of WebGL: one vertex and one call for all of them, so that a city of lamps costs a frame little. */

import { SIGN_COLOURS } from "./colours";
import { SIGNS, STRIDE, type Marks } from "./marks";

const EDGE = "#20262e";
const OPACITY = 0.9;
const FLOAT = 4;

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

export class Brush {
  private readonly program: WebGLProgram;
  private readonly buffer: WebGLBuffer;
  private readonly vertices: WebGLVertexArrayObject;
  private readonly uniforms: Record<"matrix" | "scale" | "pixels", WebGLUniformLocation | null>;
  private count = 0;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.program = linked(gl);
    const uniform = (name: string) => gl.getUniformLocation(this.program, name);
    this.uniforms = { matrix: uniform("u_matrix"), scale: uniform("u_scale"), pixels: uniform("u_pixels") };
    this.buffer = gl.createBuffer();
    this.vertices = gl.createVertexArray();
    gl.bindVertexArray(this.vertices);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    [[2, 0], [3, 2], [2, 5]].forEach(([size = 0, from = 0], location) => {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, size, gl.FLOAT, false, STRIDE * FLOAT, from * FLOAT);
    });
    gl.bindVertexArray(null);
    gl.useProgram(this.program);
    gl.uniform3fv(uniform("u_signs"), SIGNS.flatMap((sign) => rgb(SIGN_COLOURS[sign])));
    gl.uniform3fv(uniform("u_unknown"), rgb(SIGN_COLOURS.u));
    gl.uniform3fv(uniform("u_edge"), rgb(EDGE));
  }

  /** What is drawn from now on. */
  fill({ data, count }: Marks): void {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.buffer);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, data.subarray(0, count * STRIDE), this.gl.DYNAMIC_DRAW);
    this.count = count;
  }

  /** `matrix`: from places to clip space; `scale`: pixels of a radius; `pixels`: those of the canvas in one of the page. */
  draw(matrix: readonly number[], scale: number, pixels: number): void {
    const { gl, uniforms } = this;
    gl.useProgram(this.program);
    gl.uniformMatrix4fv(uniforms.matrix, false, matrix);
    gl.uniform1f(uniforms.scale, scale);
    gl.uniform1f(uniforms.pixels, pixels);
    gl.bindVertexArray(this.vertices);
    gl.drawArrays(gl.POINTS, 0, this.count);
    gl.bindVertexArray(null);
  }

  remove(): void {
    this.gl.deleteVertexArray(this.vertices);
    this.gl.deleteBuffer(this.buffer);
    this.gl.deleteProgram(this.program);
  }
}

function linked(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
    const shader = gl.createShader(type);
    if (shader === null) continue; // the context is lost
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader); // it goes with the program
  }
  gl.linkProgram(program);
  return program;
}

function rgb(hex: string): number[] {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
}
