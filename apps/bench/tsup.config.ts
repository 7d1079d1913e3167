import { defineConfig } from "tsup";

export default defineConfig({
  entry: { bench: "src/cli.ts", subject: "src/subject-main.ts" },
  format: ["esm"],
  target: "node20",
  clean: true,
});
