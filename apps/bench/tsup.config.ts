import { defineConfig } from "tsup";

export default defineConfig({
  entry: { bench: "src/cli.ts", "server-process": "src/server/process.ts" },
  format: ["esm"],
  target: "node20",
  clean: true,
});
