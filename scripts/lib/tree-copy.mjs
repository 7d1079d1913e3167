import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, workspaceFolders } from "./workspace.mjs";

const LEFT_OUT = new Set(["node_modules", "dist", ".git", ".turbo", "coverage"]);

/**
 * Copies the repository's sources to a temporary folder where breaches can be planted. Third-party
 * dependencies are links to the installed ones; workspace packages are links into the copy, so that
 * a check sees only the copy.
 */
export function copyTree() {
  const copy = mkdtempSync(join(tmpdir(), "skein-tree-"));
  cpSync(root, copy, {
    recursive: true,
    filter: (from) => !LEFT_OUT.has(from.slice(from.lastIndexOf("/") + 1)),
  });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  for (const folder of workspaceFolders()) linkDependencies(join(root, folder), join(copy, folder), copy);
  return { path: copy, remove: () => rmSync(copy, { recursive: true, force: true }) };
}

function linkDependencies(from, to, copy) {
  const modules = join(from, "node_modules");
  if (!lstatSync(modules, { throwIfNoEntry: false })?.isDirectory()) return;
  for (const name of installedNames(modules)) {
    const link = join(to, "node_modules", name);
    mkdirSync(join(link, ".."), { recursive: true });
    symlinkSync(inCopy(realpathSync(join(modules, name)), copy), link);
  }
}

function installedNames(modules) {
  return readdirSync(modules)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((sub) => `${name}/${sub}`) : name,
    );
}

/** Maps the path of a workspace package into the copy; any other path is unchanged. */
function inCopy(path, copy) {
  const folder = workspaceFolders().find((candidate) => path === join(root, candidate));
  return folder === undefined ? path : join(copy, folder);
}
