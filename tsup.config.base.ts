import type { Options } from "tsup";

/** TypeScript 6 refuses the `baseUrl` that tsup's declaration step sets. */
export const declarations = { compilerOptions: { ignoreDeprecations: "6.0" } };

/** What every published package is built with: CommonJS and its types. `scripts/esm-entry.mjs` adds the ES module. */
export const library: Options = {
  entry: ["src/index.ts"],
  format: ["cjs"],
  target: "node20",
  clean: true,
  sourcemap: true,
  dts: declarations,
};
