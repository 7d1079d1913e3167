/**
 * Writes the ES module of the package in the current folder, after its build: named exports and types are the CommonJS
 * build's own, so a process that imports the package and requires it has one copy.
 */
import { readFileSync, writeFileSync } from "node:fs";

/** esbuild lists the exported names at the end of a CommonJS module, for Node.js to find. */
const EXPORTED_NAMES = /^0 && \(module\.exports = \{\n([^}]*)\}\);$/m;

const names = EXPORTED_NAMES.exec(readFileSync("dist/index.cjs", "utf8"))?.[1];
if (names === undefined) throw new Error("dist/index.cjs does not list the names that it exports");
writeFileSync("dist/index.js", `export { ${names.trim().replaceAll(/\s+/g, " ")} } from "./index.cjs";\n`);
writeFileSync("dist/index.d.ts", `export * from "./index.cjs";\n`);
