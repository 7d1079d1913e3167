/**
 * Tests the guards: plants one breach of each kind in a copy of the repository and asserts that the
 * responsible check fails and names it. A check that can't fail protects nothing.
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { run } from "./lib/run.mjs";
import { copyTree } from "./lib/tree-copy.mjs";
import { root } from "./lib/workspace.mjs";

const scripts = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;
const env = {
  ...process.env,
  PATH: `${join(root, "node_modules", ".bin")}${delimiter}${process.env.PATH}`,
  NO_COLOR: "1",
};

/**
 * Planted breaches. `check` is a script of the root package.json; `names` must occur in its output.
 */
const BREACHES = [
  {
    check: "arch",
    breach: "an import cycle, even one of types",
    files: {
      "packages/parser/src/planted-a.ts": 'import type { B } from "./planted-b.ts";\nexport type A = B[];\n',
      "packages/parser/src/planted-b.ts":
        'import type { A } from "./planted-a.ts";\nexport interface B { a: A }\n',
    },
    names: /no-cycle: packages\/parser\/src\/planted-[ab]\.ts/,
  },
  {
    check: "arch",
    breach: "a folder importing one that stands above it",
    files: {
      "packages/server/src/runtime/planted-upward.ts": 'export type * from "../events/event-maps.ts";\n',
    },
    names: /server-runtime-imports-downwards: packages\/server\/src\/runtime\/planted-upward\.ts/,
  },
  {
    check: "folders",
    breach: "two folders that import each other",
    files: {
      "packages/parser/src/planted-left/a.ts":
        'import type { B } from "../planted-right/b.ts";\nexport type A = B;\n',
      "packages/parser/src/planted-left/c.ts": "export type C = number;\n",
      "packages/parser/src/planted-right/b.ts": "export type B = string;\n",
      "packages/parser/src/planted-right/d.ts":
        'import type { C } from "../planted-left/c.ts";\nexport type D = C;\n',
    },
    names: /no-folder-cycle: packages\/parser\/src\/planted-(left|right)/,
  },
  {
    check: "sizes",
    breach: "a folder of more than twelve modules",
    files: Object.fromEntries(
      Array.from({ length: 13 }, (_, index) => [
        `packages/parser/src/planted-many/m${index}.ts`,
        `export const m${index} = ${index};\n`,
      ]),
    ),
    names: /packages\/parser\/src\/planted-many has 13 modules/,
  },
  {
    check: "sizes",
    breach: "a file of more than 250 lines",
    files: { "packages/parser/src/planted-long.ts": "// A line.\n".repeat(251) },
    names: /packages\/parser\/src\/planted-long\.ts has 251 lines/,
  },
  {
    check: "arch",
    breach: "the engine importing the parser",
    files: { "packages/engine/src/planted-up.ts": 'export type { Packet } from "@skein/parser";\n' },
    names: /engine-imports-nothing-of-ours: packages\/engine\/src\/planted-up\.ts/,
  },
  {
    check: "arch",
    breach: "a relative path into another package",
    files: { "packages/parser/src/planted-path.ts": 'export type * from "../../adapter/src/index.ts";\n' },
    names: /no-relative-path-into-another-package: packages\/parser\/src\/planted-path\.ts/,
  },
  {
    check: "arch",
    breach: "the adapter running code of the parser",
    files: { "packages/adapter/src/planted-codec.ts": 'export { parser } from "@skein/parser";\n' },
    names: /adapter-sees-only-the-packet-type: packages\/adapter\/src\/planted-codec\.ts/,
  },
  {
    check: "arch",
    breach: "an import past another package's index",
    files: {
      "packages/server/src/planted-deep.ts": 'export type * from "@skein/engine/src/time/clock.ts";\n',
    },
    names: /no-unresolvable: packages\/server\/src\/planted-deep\.ts/,
  },
  {
    check: "arch",
    breach: "a relative import past another package's index",
    files: {
      "packages/server/src/planted-past.ts": 'export type * from "../../engine/src/time/clock.ts";\n',
    },
    names: /only-through-the-index: packages\/server\/src\/planted-past\.ts/,
  },
  {
    check: "arch",
    breach: "published code importing the testkit",
    files: { "packages/adapter/src/planted-kit.ts": 'export * from "@skein/testkit";\n' },
    names: /testkit-is-for-tests: packages\/adapter\/src\/planted-kit\.ts/,
  },
  {
    check: "arch",
    breach: "published code importing a devDependency",
    files: { "packages/parser/src/planted-dev.ts": 'export { assert } from "fast-check";\n' },
    names: /no-dev-dependency-in-what-is-published: packages\/parser\/src\/planted-dev\.ts/,
  },
  {
    check: "arch",
    breach: "the pure protocol importing a node module",
    files: { "packages/engine/src/protocol/planted-io.ts": 'export type { Socket } from "node:net";\n' },
    names: /protocol-is-pure: packages\/engine\/src\/protocol\/planted-io\.ts/,
  },
  {
    check: "arch",
    breach: "`ws` outside the node host",
    files: { "packages/engine/src/planted-ws.ts": 'export type { WebSocket } from "ws";\n' },
    names: /ws-only-in-the-node-host: packages\/engine\/src\/planted-ws\.ts/,
  },
  {
    check: "arch",
    breach: "node:http at work outside the host",
    files: { "packages/engine/src/planted-http.ts": 'export { createServer } from "node:http";\n' },
    names: /http-outside-the-host-only-as-a-type: packages\/engine\/src\/planted-http\.ts/,
  },
  {
    check: "arch",
    breach: "an orphan",
    files: { "packages/server/src/planted-orphan.ts": "export const orphan = 1;\n" },
    names: /no-orphan: packages\/server\/src\/planted-orphan\.ts/,
  },
  {
    check: "comments",
    breach: "a banned phrase in a comment",
    files: {
      "packages/parser/src/planted-words.ts": "/** Whoever reads this. */\nexport const words = 1;\n",
    },
    names: /packages\/parser\/src\/planted-words\.ts:1 "Whoever"/,
  },
  {
    check: "citations",
    breach: "a citation that resolves to nothing",
    files: {
      "packages/parser/src/planted-citation.ts":
        '/** A packet (socketio-protocol, "No such heading"). */\nexport const cited = 1;\n',
    },
    names: /packages\/parser\/src\/planted-citation\.ts:1.*No such heading/,
  },
  {
    check: "unused",
    breach: "an unused export",
    files: {
      "packages/parser/src/planted-used.ts":
        "export const plantedUsed = 1;\nexport const plantedUnused = 2;\n",
    },
    append: { "packages/parser/src/index.ts": '\nexport { plantedUsed } from "./planted-used.ts";\n' },
    names: /plantedUnused\s.*packages\/parser\/src\/planted-used\.ts/,
  },
  {
    check: "unused",
    breach: "an unused file",
    files: { "packages/adapter/src/planted-left-over.ts": "export const leftOver = 1;\n" },
    names: /packages\/adapter\/src\/planted-left-over\.ts/,
  },
  {
    check: "lint",
    breach: "a promise that nobody awaits",
    files: {
      "packages/engine/src/planted-promise.ts":
        "async function work(): Promise<void> {}\nexport function start(): void {\n  work();\n}\n",
    },
    names: /typescript\(no-floating-promises\)[^[]*\[packages\/engine\/src\/planted-promise\.ts/,
  },
  {
    check: "lint",
    breach: "an explicit any",
    files: { "packages/parser/src/planted-any.ts": "export type Anything = any;\n" },
    names: /typescript\(no-explicit-any\)[^[]*\[packages\/parser\/src\/planted-any\.ts/,
  },
  {
    check: "lint",
    breach: "a global timer",
    files: {
      "packages/server/src/planted-timer.ts":
        "export const later = (ring: () => void) => setImmediate(ring);\n",
    },
    names: /no-restricted-globals[^[]*\[packages\/server\/src\/planted-timer\.ts/,
  },
];

let failures = 0;
const tree = copyTree();
try {
  noRegistryHost(tree.path);
  for (const breach of BREACHES) plant(breach, tree.path);
  for (const check of new Set(BREACHES.map((breach) => breach.check))) await bites(check, tree.path);
} finally {
  tree.remove();
}
process.exitCode = failures === 0 ? 0 : 1;

function plant({ files, append = {} }, path) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  for (const [name, content] of Object.entries(append)) appendFileSync(join(path, name), content);
}

async function bites(check, path) {
  const { code, output: coloured } = await run(scripts[check], [], { cwd: path, env, shell: true });
  const output = stripVTControlCharacters(coloured);
  for (const { breach, names } of BREACHES.filter((planted) => planted.check === check)) {
    report(
      code !== 0 && names.test(output),
      `\`${check}\` refuses ${breach}`,
      `exit code ${code}, no match for ${names}`,
    );
  }
  if (failures > 0) console.error(output);
}

/**
 * Checks that no file names a registry's host: a clone must install from the registry that its
 * machine is configured for.
 */
function noRegistryHost(path) {
  const host =
    /\bregistry\.[a-z0-9-]+(?:\.[a-z0-9-]+)*\.?(?:com|org|net|io|dev|cn|local|internal)\b|^\s*(?:@\S+:)?registry\s*=/im;
  const lockfileAddress = /https?:\/\//;
  const named = textFiles(path).filter((name) => {
    const text = readFileSync(join(path, name), "utf8");
    return host.test(text) || (name === "pnpm-lock.yaml" && lockfileAddress.test(text));
  });
  report(named.length === 0, "no file names a registry's host", named.join("\n"));
}

function textFiles(path) {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter(
      (entry) =>
        entry.isFile() && /\.(c|m)?[jt]sx?$|\.(json|ya?ml|md|html|sh)$|npmrc$|\/run$/.test(`/${entry.name}`),
    )
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .filter((name) => !name.startsWith("node_modules/") && !name.includes("/node_modules/"));
}

function report(passed, sentence, details) {
  if (passed) console.log(`✓ ${sentence}`);
  else console.error(`✗ FAILED: ${sentence}\n${details.replace(/^/gm, "    ")}`);
  if (!passed) failures += 1;
}
