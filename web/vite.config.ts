import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import preact from "@preact/preset-vite";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const WORTH = 1024;
/** The most that the whole page may weigh, compressed with gzip, without its map: a first view loads a part of it. */
const BUDGET_KB = 600;

/** Writes a .br and a .gz beside each text file, so that the server compresses nothing at run time. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        let weight = 0;
        for (const [fileName, item] of Object.entries(bundle)) {
          const source = Buffer.from(item.type === "chunk" ? item.code : item.source);
          const zipped = gzipSync(source, { level: 9 });
          if (!/\/map/.test(fileName)) weight += Math.min(source.length, zipped.length);
          if (source.length < WORTH || !/\.(js|css|html|svg|json)$/.test(fileName)) continue;
          const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
          this.emitFile({ type: "asset", fileName: `${fileName}.br`, source: brotliCompressSync(source, quality) });
          this.emitFile({ type: "asset", fileName: `${fileName}.gz`, source: zipped });
        }
        if (weight > BUDGET_KB * 1024) this.error(`the page without its map weighs ${Math.ceil(weight / 1024)} KB, more than ${BUDGET_KB}`);
      },
    },
  };
}

export default defineConfig({
  plugins: [preact(), packed()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the policy allows no data: scripts or styles
    chunkSizeWarningLimit: 1150, // MapLibre; it is loaded with the map alone
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  worker: { format: "es" },
  server: { fs: { allow: [".."] }, proxy: { "/api": process.env["QUANYAN_API"] ?? "http://127.0.0.1:8080" } },
  test: { environment: "jsdom", include: ["tests/**/*.test.{ts,tsx}"], setupFiles: ["tests/setup.ts"] },
});
