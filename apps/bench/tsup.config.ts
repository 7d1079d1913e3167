import { defineConfig } from "tsup";

export default defineConfig({
  entry: { bench: "src/cli.ts", subject: "src/process.ts" },
  format: ["esm"],
  target: "node20",
  clean: true,
});
