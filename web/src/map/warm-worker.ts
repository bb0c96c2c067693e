/** Asks for a context of WebGL that nobody draws with. Where a worker cannot have one, the page asks for its own later. */

try {
  new OffscreenCanvas(1, 1).getContext("webgl2")?.finish();
} finally {
  postMessage(null);
}
