/**
 * Checks that each package can be used alone. Packs every published package, then for each one:
 * installs its tarball into an empty folder, loads it by `import` and by `require`, compares the
 * exports of both, and runs the first example of its README.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pack } from "./lib/pack.mjs";
import { run } from "./lib/run.mjs";
import { publishedPackages, root } from "./lib/workspace.mjs";

const EXAMPLE_TIMEOUT = 20_000;
const NPM_INSTALL = [
  "install",
  "--no-audit",
  "--no-fund",
  "--no-package-lock",
  "--prefer-offline",
  "--loglevel=error",
];
/**
 * A file whose content is part of the task's cache key, so that a skipped run is not replayed as a
 * passed one.
 */
const SKIPPED = join(root, ".turbo", "install-alone-skipped");

const PROBE = `
import { createRequire } from "node:module";
const name = process.argv[2];
const names = (module) => Object.keys(module).filter((key) => !["default", "module.exports", "__esModule"].includes(key)).sort();
const imported = names(await import(name));
const required = names(createRequire(import.meta.url)(name));
process.stdout.write(JSON.stringify({ imported, required }));
`;

const packages = new Map(
  publishedPackages().map(({ folder, manifest }) => [manifest.name, { folder, manifest }]),
);
const scratch = mkdtempSync(join(tmpdir(), "skein-alone-"));
let failures = 0;
try {
  if (await registryAnswers()) await checkAll();
  else skip();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;

async function registryAnswers() {
  const options = { cwd: scratch, timeout: 60_000 };
  return (
    (await run("npm", ["view", "ws", "version", "--fetch-retries=1", "--fetch-timeout=15000"], options))
      .code === 0
  );
}

function skip() {
  if (process.env.CI === "true")
    return report(false, "the npm registry can't be reached, and in CI this check must run");
  mkdirSync(dirname(SKIPPED), { recursive: true });
  writeFileSync(SKIPPED, new Date().toISOString());
  console.warn(
    "SKIPPED: the npm registry can't be reached, so no package was installed alone. CI does not skip this.",
  );
}

async function checkAll() {
  const tarballs = new Map();
  for (const [name, { folder }] of packages) tarballs.set(name, await pack(join(root, folder), scratch));
  const folders = new Map();
  const install = async (name) => folders.set(name, await installAlone(name, tarballs));
  const names = [...packages.keys()];
  for (let i = 0; i < names.length; i += 2) await Promise.all(names.slice(i, i + 2).map(install));
  for (const [name, folder] of folders) {
    if (folder !== undefined && (await loads(name, folder))) await exampleRuns(name, folder);
  }
}

/**
 * Installs only the package itself; its dependencies among our packages come from their tarballs.
 */
async function installAlone(name, tarballs) {
  const folder = join(scratch, name.replace("/", "-"));
  mkdirSync(folder);
  const overrides = Object.fromEntries(
    internalDependencies(name).map((other) => [other, `file:${tarballs.get(other)}`]),
  );
  const manifest = { private: true, dependencies: { [name]: `file:${tarballs.get(name)}` }, overrides };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const { code, output } = await run("npm", NPM_INSTALL, { cwd: folder });
  report(code === 0, `${name} installs alone from its tarball`, output);
  return code === 0 ? folder : undefined;
}

function internalDependencies(name, found = new Set()) {
  for (const other of Object.keys(packages.get(name).manifest.dependencies ?? {})) {
    if (!packages.has(other) || found.has(other)) continue;
    found.add(other);
    internalDependencies(other, found);
  }
  return [...found];
}

async function loads(name, folder) {
  writeFileSync(join(folder, "probe.mjs"), PROBE);
  const options = { cwd: folder, timeout: EXAMPLE_TIMEOUT };
  const { code, stdout, output } = await run(process.execPath, ["probe.mjs", name], options);
  if (!report(code === 0, `${name} loads by import and by require`, output)) return false;
  const { imported, required } = JSON.parse(stdout);
  const same = imported.join() === required.join() && imported.length > 0;
  const difference = `import: ${imported.join(", ")}\nrequire: ${required.join(", ")}`;
  return report(same, `${name} exports the same ${imported.length} names to import and require`, difference);
}

async function exampleRuns(name, folder) {
  const { folder: source, manifest } = packages.get(name);
  const readme = join(root, source, "README.md");
  const example = existsSync(readme)
    ? /^```js\n([\s\S]*?)^```/m.exec(readFileSync(readme, "utf8"))?.[1]
    : undefined;
  if (example === undefined) return report(false, `${name} has a README.md with a js example`);
  providePeers(join(root, source), manifest, folder);
  writeFileSync(join(folder, "example.mjs"), example);
  const { code, output } = await run(process.execPath, ["example.mjs"], {
    cwd: folder,
    timeout: EXAMPLE_TIMEOUT,
  });
  const why = code === null ? `it did not end within ${EXAMPLE_TIMEOUT / 1000} s\n${output}` : output;
  return report(code === 0, `${name}: the README's first example runs and ends`, why);
}

/**
 * Provides the peer dependencies, which users install, for the example only: those of the package's
 * own tests.
 */
function providePeers(source, manifest, folder) {
  for (const peer of Object.keys(manifest.peerDependencies ?? {})) {
    symlinkSync(realpathSync(join(source, "node_modules", peer)), join(folder, "node_modules", peer));
  }
}

function report(passed, sentence, details = "") {
  if (passed) console.log(`✓ ${sentence}`);
  else console.error(`✗ FAILED: ${sentence}\n${details.replace(/^/gm, "    ")}`);
  if (!passed) failures += 1;
  return passed;
}
