import { run } from "./run.mjs";

/**
 * Loads a package and its siblings by `import` and by `require`, in both orders, and prints every
 * exported value that differs. Identical classes share the state of their modules: private members,
 * symbols, WeakMaps, timers.
 */
const PROBE = `
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
const require = createRequire(pathToFileURL(process.cwd() + "/"));
const [order, ...names] = process.argv.slice(1);
const problems = [];
for (const name of names) {
  const first = order === "import" ? await import(name) : require(name);
  const [imported, required] = order === "import" ? [first, require(name)] : [await import(name), first];
  const exported = Object.keys(imported).filter((key) => !["default", "module.exports"].includes(key));
  if (exported.length === 0) problems.push(name + " exports nothing");
  for (const key of new Set([...exported, ...Object.keys(required)])) {
    if (!Object.is(imported[key], required[key])) problems.push(name + ": import and require give two " + key);
  }
}
process.stdout.write(JSON.stringify(problems));
`;

/** Returns the exports that the package in `folder` and its siblings have twice in one process. */
export async function copyProblems(folder, names) {
  const problems = [];
  for (const order of ["import", "require"]) {
    const args = ["--input-type=module", "--eval", PROBE, order, ...names];
    const { code, stdout, output } = await run(process.execPath, args, { cwd: folder, timeout: 60_000 });
    if (code === 0) problems.push(...JSON.parse(stdout).map((problem) => `${problem} (${order} first)`));
    else problems.push(`it does not load:\n${output}`);
  }
  return problems;
}
