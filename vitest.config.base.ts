import { defineConfig } from "vitest/config";

/** Vite's own conditions for code that runs in Node.js, after ours: sources first, so nothing has to be built first. */
const conditions = ["skein-source", "module", "node", "development|production"];

/**
 * What every package's tests run with. Each test file has a process of its own: the tests open real sockets, start
 * clusters and load a native addon, none of which worker threads share well.
 */
export const base = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["skein-source"] } },
  test: {
    environment: "node",
    include: ["src/**/*.test.ts", "test/**/*.{test,test-d}.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 90_000,
    restoreMocks: true,
    reporters: ["default", "json"],
    outputFile: { json: ".vitest/results.json" },
  },
});
