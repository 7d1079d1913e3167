/**
 * Checks that `@skein/server` replaces `socket.io`. Installs the packed packages as `"socket.io":
 * "npm:@skein/server"` would, and runs the unmodified programs of packages/server/test/drop-in with
 * them: ES module, CommonJS, both, in bundles, and TypeScript, which is compiled against the built
 * declarations without `skipLibCheck`, with the oldest compiler promised by the README and with the
 * current one. The programs of `programs` are only compiled, all together. Each program also runs,
 * or compiles, with the published socket.io, which proves that it is a valid program for it.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";
import { pack } from "./lib/pack.mjs";
import { run, runOrThrow } from "./lib/run.mjs";
import { publishedPackages, root } from "./lib/workspace.mjs";

const SERVER = join(root, "packages/server");
const PROGRAMS = join(SERVER, "test/drop-in");
const TIMEOUT = 60_000;

const COMPILERS = {
  oldest: fileURLToPath(import.meta.resolve("typescript-oldest/lib/tsc.js")),
  current: fileURLToPath(import.meta.resolve("typescript/lib/tsc.js")),
};

const STRICT = {
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  target: "ES2021",
  lib: ["ES2021"],
  types: ["node"],
  allowJs: true,
  checkJs: true,
  experimentalDecorators: true,
};

/**
 * Compiler settings of TypeScript programs: for each compiler, the usual module settings of its
 * time.
 */
const SETTINGS = [
  { compiler: "oldest", name: "CommonJS", options: { module: "CommonJS", moduleResolution: "node" } },
  { compiler: "oldest", name: "Node16 as CommonJS", options: { module: "Node16" } },
  { compiler: "oldest", name: "Node16 as ES module", options: { module: "Node16" }, type: "module" },
  { compiler: "current", name: "NodeNext as CommonJS", options: { module: "NodeNext" } },
  { compiler: "current", name: "NodeNext as ES module", options: { module: "NodeNext" }, type: "module" },
  {
    compiler: "current",
    name: "a bundler's resolution",
    options: { module: "ESNext", moduleResolution: "bundler" },
    type: "module",
  },
];

/**
 * Formats of programs that are bundled for Node.js. An ES module that contains `ws` must define
 * `require`.
 */
const BUNDLES = [
  { program: "commonjs.cjs", format: "cjs" },
  { program: "esm.mjs", format: "esm" },
  { program: "mixed.mjs", format: "cjs" },
  { program: "mixed.mjs", format: "esm" },
];
const OWN_REQUIRE = `import { createRequire as ownRequire } from "node:module"; const require = ownRequire(import.meta.url);`;

const scratch = mkdtempSync(join(tmpdir(), "skein-drop-in-"));
let failures = 0;
try {
  const homes = { "socket.io itself": installPublished(), "Skein by its alias": await installAlias() };
  for (const [name, home] of Object.entries(homes)) {
    await runs(home, "esm.mjs", `an ES module runs on ${name}`);
    await runs(home, "commonjs.cjs", `a CommonJS module runs on ${name}`);
    await runs(home, "mixed.mjs", `a program of both kinds of modules runs on ${name}`);
    for (const bundle of BUNDLES) await bundled(home, bundle, name);
  }
  for (const settings of SETTINGS) await compiles(homes["Skein by its alias"], settings);
  for (const settings of [SETTINGS[0], SETTINGS.at(-2)]) {
    await compiles(homes["socket.io itself"], { ...settings, skipLibCheck: true });
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;

function newHome(name) {
  const home = join(scratch, name);
  mkdirSync(join(home, "node_modules/@types"), { recursive: true });
  for (const needed of ["@types/node", "socket.io-client"]) link(SERVER, needed, home);
  cpSync(PROGRAMS, home, { recursive: true });
  return home;
}

function installPublished() {
  const home = newHome("published");
  link(SERVER, "socket.io", home);
  return home;
}

/** Installs all packages at the top level, as npm does. */
async function installAlias() {
  const home = newHome("alias");
  for (const { folder, manifest } of publishedPackages()) {
    const tarball = await pack(join(root, folder), scratch);
    const name = manifest.name === "@skein/server" ? "socket.io" : manifest.name;
    const target = join(home, "node_modules", name);
    mkdirSync(target, { recursive: true });
    await runOrThrow("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]);
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      if (!dependency.startsWith("@skein/")) link(join(root, folder), dependency, home);
    }
  }
  return home;
}

function link(from, name, home) {
  const target = join(home, "node_modules", name);
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(realpathSync(join(from, "node_modules", name)), target);
}

async function runs(home, program, sentence) {
  const { code, output } = await run(process.execPath, [program], { cwd: home, timeout: TIMEOUT });
  report(code === 0, sentence, code === null ? `it did not end\n${output}` : output);
}

async function bundled(home, { program, format }, name) {
  const sentence = `${program} runs on ${name} in a bundle (${format})`;
  const file = format === "esm" ? "bundle.mjs" : "bundle.cjs";
  const options = {
    config: false,
    silent: true,
    entry: { bundle: join(home, program) },
    format,
    outDir: home,
  };
  const parts = { noExternal: [/^(?!socket\.io-client$)/], external: ["socket.io-client"] };
  const banner = format === "esm" ? { js: OWN_REQUIRE } : {};
  try {
    await build({ ...options, ...parts, banner, outExtension: () => ({ js: extname(file) }) });
    await runs(home, file, sentence);
  } catch (error) {
    report(false, sentence, String(error));
  }
}

async function compiles(home, { compiler, name, options, type = "commonjs", skipLibCheck = false }) {
  const sentence = `TypeScript (${compiler}, ${name})`;
  writeFileSync(join(home, "package.json"), JSON.stringify({ private: true, type }));
  const compilerOptions = { ...STRICT, ...options, skipLibCheck, outDir: "out" };
  const files = ["typed.ts", ...programs(options).map((program) => `programs/${program}`)];
  writeFileSync(join(home, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  rmSync(join(home, "out"), { recursive: true, force: true });
  const { code, output } = await run(process.execPath, [COMPILERS[compiler]], {
    cwd: home,
    timeout: 300_000,
  });
  const where = home.slice(scratch.length + 1);
  if (report(code === 0, `${sentence} compiles ${files.length} programs in ${where}`, output)) {
    await runs(home, "out/typed.js", `… and runs`);
  }
}

/**
 * Returns the programs to compile. `import x = require(…)` is CommonJS and can't be compiled to the
 * ES modules of bundlers.
 */
function programs({ module }) {
  const all = readdirSync(join(PROGRAMS, "programs"));
  return module === "ESNext" ? all.filter((name) => !name.endsWith(".cts")) : all;
}

function report(passed, sentence, details) {
  if (passed) console.log(`✓ ${sentence}`);
  else console.error(`✗ FAILED: ${sentence}\n${details.replace(/^/gm, "    ")}`);
  if (!passed) failures += 1;
  return passed;
}
