import { defineConfig } from "tsup";

export default defineConfig([
  {
    entry: ["src/server.ts"],
    format: ["esm"],
    target: "node20",
    sourcemap: true,
    external: [/^@skein\//],
  },
  {
    // The page's script, for any browser that the client supports.
    entry: { page: "src/page/page.ts" },
    format: ["iife"],
    platform: "browser",
    target: "es2019",
    outExtension: () => ({ js: ".js" }),
    minify: true,
    sourcemap: true,
  },
]);
