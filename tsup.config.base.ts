import type { Options } from "tsup";

/** What every published package is built with: ESM, CommonJS and types from one entry. */
export const library: Options = {
  entry: ["src/index.ts"],
  format: ["esm", "cjs"],
  target: "node20",
  clean: true,
  sourcemap: true,
  // TypeScript 6 refuses the `baseUrl` that tsup's declaration step sets.
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
};
