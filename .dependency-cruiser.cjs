/**
 * The arrows of the architecture. An arrow is an import, types included (`tsPreCompilationDeps`). Packages resolve
 * through the private `skein-source` condition, so `@skein/engine` is packages/engine/src/index.ts here.
 */

/** Tests, and what only they share: `*.fixtures.ts`. */
const TESTS = ["\\.(test|fixtures)\\.ts$", "^(packages|apps)/[^/]+/test/"];
const INDEX = "^packages/[^/]+/src/index\\.ts$";
const CONFIGS = ["^(packages|apps)/[^/]+/[^/]+\\.config\\.ts$", "^[^/]+\\.config\\.base\\.ts$"];

/**
 * The folders of each package, in the order in which they may import: downwards only. A folder stands for those below it
 * that are not listed themselves; the modules beside `index.ts` belong to no folder.
 */
const FOLDERS = {
  parser: ["decode", "encode"],
  engine: [
    "requests/webtransport",
    "requests",
    "sessions",
    "diagnostics",
    "transport",
    "http",
    "host/node/claims",
    "host/node",
    "host/node/websocket",
    "host",
    "protocol/session",
    "protocol/codec",
    "protocol",
    "time",
  ],
  adapter: ["recovery", "rooms"],
  "uws-bridge": ["websocket", "http"],
  server: [
    "server",
    "namespace",
    "socket",
    "connection",
    "compat",
    "broadcast",
    "broadcast/topics",
    "application",
    "events",
    "runtime",
  ],
  testkit: [
    "attack",
    "adapter",
    "host",
    "parser",
    "transport",
    "clock",
    "suites",
    "fakes",
    "clients",
    "process",
  ],
};

/** The modules of a folder, without those of folders below it that are listed themselves. */
function modulesOf(name, folder, folders) {
  const nested = folders.filter((other) => other.startsWith(`${folder}/`));
  return {
    path: `^packages/${name}/src/${folder}/`,
    pathNot: nested.map((other) => `^packages/${name}/src/${other}/`),
  };
}

const folders = Object.entries(FOLDERS).flatMap(([name, list]) =>
  list.map((folder, rank) => ({
    name: `${name}-${folder.replaceAll("/", "-")}-imports-downwards`,
    comment: `packages/${name}/src/${folder} may import the folders that follow it in FOLDERS, and those only.`,
    severity: "error",
    from: { ...modulesOf(name, folder, list), pathNot: [...modulesOf(name, folder, list).pathNot, ...TESTS] },
    to: {
      path: `^packages/${name}/src/[^/]+/`,
      pathNot: [folder, ...list.slice(rank + 1)].map((other) => `^packages/${name}/src/${other}/`),
    },
  })),
);

/** An arrow that is missing here is forbidden. The testkit is a matter of tests and has a rule of its own. */
const ARROWS = {
  parser: [],
  engine: [],
  adapter: ["parser"],
  "uws-bridge": ["engine"],
  server: ["parser", "engine", "adapter", "uws-bridge"],
  testkit: ["parser", "engine", "adapter", "server"],
};

const arrows = Object.entries(ARROWS).map(([name, allowed]) => ({
  name: `${name}-imports-${allowed.length === 0 ? "nothing-of-ours" : `only-${allowed.join("-")}`}`,
  comment: `packages/${name} may import ${allowed.length === 0 ? "no package of ours" : allowed.join(", ")}.`,
  severity: "error",
  from: { path: `^packages/${name}/` },
  to: {
    // A package that isn't even a dependency does not resolve and keeps its name.
    path: "^(packages|apps)/|^@skein/",
    pathNot: [name, "testkit", ...allowed].map((other) => `^(packages|@skein)/${other}(/|$)`),
  },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...arrows,
    ...folders,
    {
      name: "no-cycle",
      comment: "Two modules that import each other are one concept in two files; types count.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "adapter-sees-only-the-packet-type",
      comment: "The adapter knows packets, not their codec: import types of the parser, nothing that runs.",
      severity: "error",
      from: { path: "^packages/adapter/src/", pathNot: TESTS },
      to: { path: "^packages/parser/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "only-through-the-index",
      comment: "Another package is seen through its index.ts and nothing else.",
      severity: "error",
      from: { path: "^(packages|apps)/([^/]+)/" },
      to: { path: "^(packages|apps)/", pathNot: ["^$1/$2/", INDEX] },
    },
    {
      name: "no-relative-path-into-another-package",
      comment: "Another package is imported by its name.",
      severity: "error",
      from: { path: "^(packages|apps)/([^/]+)/" },
      to: { path: "^(packages|apps)/", pathNot: "^$1/$2/", dependencyTypes: ["local"] },
    },
    {
      name: "no-root-file-in-a-package",
      comment: "Only the build and test configurations share files of the repository's root.",
      severity: "error",
      from: { path: "^(packages|apps)/", pathNot: CONFIGS },
      to: { pathNot: ["^(packages|apps)/", "node_modules/"], dependencyTypes: ["local"] },
    },
    {
      name: "testkit-is-for-tests",
      comment: "What is published must not need the testkit.",
      severity: "error",
      from: { path: "^(packages|apps)/", pathNot: [...TESTS, "^packages/testkit/"] },
      to: { path: "^(packages|@skein)/testkit(/|$)" },
    },
    {
      name: "no-test-is-imported",
      comment: "What a second file needs belongs in the testkit or in a module of its own.",
      severity: "error",
      from: {},
      to: { path: "\\.test\\.ts$" },
    },
    {
      name: "fixtures-are-for-tests",
      comment: "What is published must not need a test's fixtures.",
      severity: "error",
      from: { pathNot: TESTS },
      to: { path: "\\.fixtures\\.ts$" },
    },
    {
      name: "protocol-is-pure",
      comment:
        "engine/src/protocol knows no socket, timer, clock, randomness or node module: values in, values out.",
      severity: "error",
      from: { path: "^packages/engine/src/protocol/", pathNot: TESTS },
      to: { pathNot: ["^packages/engine/src/protocol/", "^packages/engine/src/errors\\.ts$"] },
    },
    {
      name: "errors-import-nothing",
      comment: "The protocol may build an EngineError only because errors.ts is pure itself.",
      severity: "error",
      from: { path: "^packages/engine/src/errors\\.ts$" },
      to: {},
    },
    {
      name: "ws-only-in-the-node-host",
      comment: "The engine runs on any host: only host/node knows `ws`.",
      severity: "error",
      from: { path: "^packages/engine/src/", pathNot: [...TESTS, "^packages/engine/src/host/node/"] },
      to: { path: "(^|/)node_modules/(@types/)?ws/" },
    },
    {
      name: "http-outside-the-host-only-as-a-type",
      comment: "Outside host/ the engine may name types of node:http, and runs nothing of it.",
      severity: "error",
      from: { path: "^packages/engine/src/", pathNot: [...TESTS, "^packages/engine/src/host/"] },
      to: { path: "^(node:)?https?2?$", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-dev-dependency-in-what-is-published",
      comment:
        "Published sources run with `dependencies` alone; a type from a devDependency would reach users too.",
      severity: "error",
      from: { path: "^packages/(?!testkit/)[^/]+/src/", pathNot: TESTS },
      to: { dependencyTypes: ["npm-dev"], pathNot: ["(^|/)node_modules/@types/", "^packages/testkit/"] },
    },
    {
      name: "no-undeclared-dependency",
      comment: "Every imported package stands in the importing package's own package.json.",
      severity: "error",
      from: { path: "^(packages|apps)/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "no-unresolvable",
      comment: "A path that leads nowhere, or past another package's `exports`.",
      severity: "error",
      from: { path: "^(packages|apps)/" },
      to: { couldNotResolve: true },
    },
    {
      name: "no-orphan",
      comment: "A module that nothing imports and that imports nothing is left over.",
      severity: "error",
      from: {
        orphan: true,
        pathNot: [...TESTS, ...CONFIGS, INDEX, "\\.d\\.ts$", "^apps/[^/]+/(public|client)/"],
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|coverage)/" },
    tsPreCompilationDeps: true,
    detectJSDocImports: false,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["skein-source", "import", "node", "types", "default", "require"],
      extensions: [".ts", ".js", ".mjs", ".cjs", ".json", ".d.ts"],
      mainFields: ["module", "main", "types"],
    },
  },
};
