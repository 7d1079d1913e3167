/**
 * Checks the package in the current folder as it would be published. Packs it and checks the
 * tarball: its files and manifest, publint (strict), and the types for every kind of importer
 * (attw). In the folder itself, `import` and `require` of the package and of its siblings must
 * return the same classes. Run by every published package after its build: `node
 * ../../scripts/package-shape.mjs`.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { copyProblems } from "./lib/one-copy.mjs";
import { pack, readTarball } from "./lib/pack.mjs";
import { run } from "./lib/run.mjs";

const MUST_HAVE = [
  "README.md",
  "LICENSE",
  "dist/index.js",
  "dist/index.cjs",
  "dist/index.d.ts",
  "dist/index.d.cts",
];
const MAY_HAVE =
  /^(package\.json|README\.md|LICENSE|dist\/[^/]+\.(js|cjs|d\.ts|d\.cts|js\.map|cjs\.map|json))$/;

const scratch = mkdtempSync(join(tmpdir(), "skein-shape-"));
try {
  const tarball = await pack(process.cwd(), scratch);
  const { manifest, files } = await readTarball(tarball);
  const problems = [
    ...contentProblems(files),
    ...manifestProblems(manifest),
    ...(await publintProblems(tarball)),
    ...(await typeProblems(tarball)),
    ...declarationProblems(),
    ...(await copyProblems(process.cwd(), [manifest.name, ...siblings(manifest)])),
  ];
  for (const problem of problems) console.error(`✗ ${manifest.name}: ${problem}`);
  if (problems.length === 0)
    console.log(
      `✓ ${manifest.name}: ${files.length} files, one copy of each class, publint and attw are content`,
    );
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function siblings({ dependencies = {} }) {
  return Object.keys(dependencies).filter((name) => name.startsWith("@skein/"));
}

function contentProblems(files) {
  const missing = MUST_HAVE.filter((name) => !files.includes(name)).map(
    (name) => `the tarball lacks ${name}`,
  );
  const alien = files
    .filter((name) => !MAY_HAVE.test(name))
    .map((name) => `the tarball should not hold ${name}`);
  return [...missing, ...alien];
}

/** Values that are declared by the types but absent from the module, and vice versa. */
function declarationProblems() {
  const declared = exportedValues(readFileSync("dist/index.d.cts", "utf8"));
  const exported = exportedValues(readFileSync("dist/index.js", "utf8"));
  return [
    ...declared.filter((name) => !exported.includes(name)).map((name) => `no value is exported as ${name}`),
    ...exported.filter((name) => !declared.includes(name)).map((name) => `no type declares ${name}`),
  ];
}

/** Names in the only export list of a bundled file. */
function exportedValues(text) {
  const names = /^export \{ ([^}]*) \}/m.exec(text)?.[1].split(", ") ?? [];
  return names.filter((name) => !name.startsWith("type ")).map((name) => name.replace(/^.* as /, ""));
}

function manifestProblems(manifest) {
  const text = JSON.stringify(manifest);
  const problems = [];
  if (text.includes("skein-source")) problems.push('the private condition "skein-source" would be published');
  if (JSON.stringify(manifest.dependencies ?? {}).includes("workspace:")) {
    problems.push('a "workspace:" range would be published');
  }
  for (const path of text.matchAll(/"(\.\/src\/[^"]*)"/g)) problems.push(`package.json points at ${path[1]}`);
  for (const field of ["description", "license", "engines", "exports", "files"]) {
    if (manifest[field] === undefined) problems.push(`package.json lacks "${field}"`);
  }
  return problems;
}

async function publintProblems(tarball) {
  const bytes = readFileSync(tarball);
  const { messages, pkg } = await publint({ strict: true, pack: { tarball: new Uint8Array(bytes).buffer } });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

async function typeProblems(tarball) {
  const cli = fileURLToPath(
    new URL("./dist/index.js", import.meta.resolve("@arethetypeswrong/cli/package.json")),
  );
  const flags = ["--no-definitely-typed", "--no-emoji", "--no-color"];
  const { code, output } = await run(process.execPath, [cli, tarball, ...flags]);
  return code === 0 ? [] : [`attw:\n${output}`];
}
