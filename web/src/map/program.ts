/** What each layer of our own draws with: a program of WebGL, and the numbers that go into it. */

class Program {
  private readonly program: WebGLProgram;
  private readonly places = new Map<string, WebGLUniformLocation | null>();

  constructor(
    private readonly gl: WebGL2RenderingContext,
    vertex: string,
    fragment: string,
  ) {
    this.program = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
      const shader = gl.createShader(type);
      if (shader === null) continue; // the context is lost
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(this.program, shader);
      gl.deleteShader(shader); // it goes with the program
    }
    gl.linkProgram(this.program);
    // asked for now, while nothing is being drawn: each question waits for all that the graphics have been told before
    const count = Number(gl.getProgramParameter(this.program, gl.ACTIVE_UNIFORMS));
    for (let n = 0; n < count; n += 1) {
      const name = gl.getActiveUniform(this.program, n)?.name.replace("[0]", "");
      if (name !== undefined) this.places.set(name, gl.getUniformLocation(this.program, name));
    }
  }

  use(): void {
    this.gl.useProgram(this.program);
  }

  uniform(name: string): WebGLUniformLocation | null {
    return this.places.get(name) ?? null;
  }

  remove(): void {
    this.gl.deleteProgram(this.program);
  }
}

/** Numbers on their way to a program: floats in rows, of which each attribute, in the order of its location, takes so many. */
class Rows {
  private readonly buffer: WebGLBuffer;
  private readonly vertices: WebGLVertexArrayObject;
  private readonly stride: number;
  count = 0;

  /** `divisor`: 1 where a row is an instance, 0 where it is a vertex. */
  constructor(
    private readonly gl: WebGL2RenderingContext,
    sizes: readonly number[],
    divisor: 0 | 1,
  ) {
    this.buffer = gl.createBuffer();
    this.vertices = gl.createVertexArray();
    this.stride = sizes.reduce((sum, size) => sum + size);
    gl.bindVertexArray(this.vertices);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    let from = 0;
    sizes.forEach((size, location) => {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, size, gl.FLOAT, false, this.stride * Float32Array.BYTES_PER_ELEMENT, from);
      gl.vertexAttribDivisor(location, divisor);
      from += size * Float32Array.BYTES_PER_ELEMENT;
    });
    gl.bindVertexArray(null);
  }

  fill(data: Float32Array<ArrayBuffer>): void {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.buffer);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, data, this.gl.DYNAMIC_DRAW);
    this.count = data.length / this.stride;
  }

  /** Call `draw` with these rows at hand. */
  with(draw: () => void): void {
    this.gl.bindVertexArray(this.vertices);
    draw();
    this.gl.bindVertexArray(null);
  }

  remove(): void {
    this.gl.deleteVertexArray(this.vertices);
    this.gl.deleteBuffer(this.buffer);
  }
}

/** A program with the rows that it draws. */
export abstract class Tool {
  protected readonly program: Program;
  readonly rows: Rows;

  /** `sizes` and `divisor`: as of `Rows`. */
  constructor(
    protected readonly gl: WebGL2RenderingContext,
    [vertex, fragment]: readonly [string, string],
    sizes: readonly number[],
    divisor: 0 | 1,
  ) {
    this.program = new Program(gl, vertex, fragment);
    this.rows = new Rows(gl, sizes, divisor);
  }

  remove(): void {
    this.rows.remove();
    this.program.remove();
  }
}
