import { defineConfig } from "tsup";

export default defineConfig((flags) => [
  {
    entry: ["src/server.ts"],
    format: ["esm"],
    target: "node20",
    sourcemap: true,
    external: [/^@skein\//],
  },
  {
    // The page's script, for any browser that the client supports, beside the files of `public`.
    entry: { page: "src/page/page.ts" },
    outDir: flags.outDir ?? "dist/site",
    publicDir: "public",
    format: ["iife"],
    platform: "browser",
    target: "es2019",
    outExtension: () => ({ js: ".js" }),
    minify: true,
    sourcemap: true,
  },
]);
