import { defineConfig } from "vitest/config";

const source = new URL("./src", import.meta.url).pathname;

export default defineConfig({
  resolve: { alias: { "~": source } },
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  test: {
    include: ["src/**/*.test.ts", "src/**/*.test.tsx", "mock/**/*.test.mjs"],
    environment: "node",
    env: { TZ: "Europe/Berlin" }, // a zone with summer time: UTC hides mistakes
    pool: "forks", // a zone can be set for a process, not for a thread
    poolOptions: { forks: { singleFork: true } }, // two cores are shared
  },
});
