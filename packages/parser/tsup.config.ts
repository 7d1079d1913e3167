import { defineConfig } from "tsup";
import { library } from "../../tsup.config.base.ts";

/** Bundlers take ES modules for both `import` and `require`: one copy there too, and what is unused falls away. */
const forBundlers = {
  entry: { bundler: "src/index.ts" },
  format: ["esm" as const],
  target: "es2022",
  sourcemap: true,
};

export default defineConfig([library, forBundlers]);
