import { defineConfig } from "tsup";

export default defineConfig({
  entry: { attack: "src/attack/main.ts", victim: "src/attack/victim.ts" },
  format: ["esm"],
  target: "node20",
  clean: true,
});
