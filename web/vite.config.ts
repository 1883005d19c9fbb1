import { defineConfig } from "vite";

// One script and one style sheet: a first paint needs two requests. Seven more have what few open (ADR 0077, 0133, 0135, 0143, 0149, 0151); the
// server needs no knowledge of chunks. Names carry a hash of the content, so they may be cached for ever.
const source = new URL("./src", import.meta.url).pathname;

export default defineConfig({
  resolve: { alias: { "~": source } },
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    target: "es2022",
    cssCodeSplit: false,
    assetsInlineLimit: 0, // data: URLs would need a wider CSP
    modulePreload: { polyfill: false },
    // What two of them share and is small belongs to the first script: a file of its own would cost a request each.
    rollupOptions: { output: { experimentalMinChunkSize: 4000 } },
    reportCompressedSize: false, // tools/budget.mjs measures what is really served
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: Object.fromEntries(
      ["/api", "/v1", "/mock", "/healthz", "/readyz", "/metrics"].map((path) => [
        path,
        { target: process.env.MILLWRIGHT_URL ?? "http://127.0.0.1:8090", changeOrigin: true },
      ]),
    ),
  },
});
