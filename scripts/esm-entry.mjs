/**
 * Writes the ES module of the package in the current folder after its build. It re-exports the
 * names and types of the CommonJS build, so a process that uses both `import` and `require` has one
 * copy. The names are listed, because older compilers merge no augmentation through `export *`.
 */
import { readFileSync, writeFileSync } from "node:fs";

/** The list of exported names that esbuild appends to a CommonJS module for Node.js. */
const EXPORTED_NAMES = /^0 && \(module\.exports = \{\n([^}]*)\}\);$/m;
/** The only export list, at the end of a bundled declaration file. */
const DECLARED_NAMES = /^export \{ ([^}]*) \};$/m;

function found(text, pattern, file) {
  const names = pattern.exec(text)?.[1];
  if (names === undefined) throw new Error(`${file} does not list the names that it exports`);
  return names.trim().split(/,\s*/);
}

const exported = found(readFileSync("dist/index.cjs", "utf8"), EXPORTED_NAMES, "dist/index.cjs");
const types = readFileSync("dist/index.d.cts", "utf8");
const publicName = (declared) => declared.replace(/^type /, "").replace(/^.* as /, "");
// The bundler of the declarations exports a class as a value even if it is exported as a type.
const declared = found(types, DECLARED_NAMES, "dist/index.d.cts").map((name) =>
  name.startsWith("type ") || exported.includes(publicName(name)) ? name : `type ${name}`,
);
const declaredByName = declared.map(
  (name) => `${name.startsWith("type ") ? "type " : ""}${publicName(name)}`,
);

writeFileSync("dist/index.js", `export { ${exported.join(", ")} } from "./index.cjs";\n`);
writeFileSync(
  "dist/index.d.cts",
  types.replace(DECLARED_NAMES, () => `export { ${declared.join(", ")} };`),
);
writeFileSync("dist/index.d.ts", `export { ${declaredByName.join(", ")} } from "./index.cjs";\n`);
