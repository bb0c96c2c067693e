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
  }

  /** Learn where its uniforms are, before anything is drawn with it. */
  learn(): void {
    const { gl, program } = this;
    const count = Number(gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS));
    for (let n = 0; n < count; n += 1) {
      const name = gl.getActiveUniform(program, n)?.name.replace("[0]", "");
      if (name !== undefined) this.places.set(name, gl.getUniformLocation(program, name));
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
  readonly program: Program;
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

const AGAIN_MS = 20;

/**
 * Resolves when all of these can be drawn with. Whoever asked a program anything before it is made would stand still until
 * then, and whoever asks anything at all waits for what is being drawn: each is asked in a task of its own.
 */
export async function made(gl: WebGL2RenderingContext, tools: readonly Tool[]): Promise<void> {
  const told = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  while (told && gl.getSyncParameter(told, gl.SYNC_STATUS) === gl.UNSIGNALED) await soon();
  gl.deleteSync(told);
  for (const { program } of tools) {
    await soon();
    program.learn();
  }
}

function soon(): Promise<void> {
  return new Promise((done) => setTimeout(done, AGAIN_MS));
}
