import { defineConfig } from "vitest/config";

/** Tests read the sources of every workspace package, so nothing has to be built first. */
export const base = defineConfig({
  resolve: { conditions: ["skein-source"] },
  ssr: { resolve: { conditions: ["skein-source"], externalConditions: ["skein-source"] } },
  test: {
    environment: "node",
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
