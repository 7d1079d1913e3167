import type { Options } from "tsup";

/** What every published package is built with: CommonJS and its types. `scripts/esm-entry.mjs` adds the ES module. */
export const library: Options = {
  entry: ["src/index.ts"],
  format: ["cjs"],
  target: "node20",
  clean: true,
  sourcemap: true,
  // TypeScript 6 refuses the `baseUrl` that tsup's declaration step sets.
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
};
