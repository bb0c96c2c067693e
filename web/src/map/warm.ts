/** Gets the browser ready to draw maps, beside the page. */

/** So long after, the graphics have drawn the map. */
const END_MS = 10_000;

let done: Promise<void> | null = null;

/**
 * Resolves when a context of WebGL can be had at once. The first one starts the browser's graphics, which takes a third of
 * a second and more where they are software, and whoever asks for it stands still for so long: let it be a worker. The page
 * stands still for the end of a worker as well, which waits for its context, and that for all that is being drawn.
 */
export function warm(): Promise<void> {
  done ??= new Promise((resolve) => {
    const worker = new Worker(new URL("./warm-worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = worker.onerror = () => {
      resolve();
      setTimeout(() => {
        worker.terminate();
      }, END_MS);
    };
  });
  return done;
}
