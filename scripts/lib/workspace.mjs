import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/[/\\]$/, "");

/** The folders of all workspace packages, relative to the root. */
export function workspaceFolders() {
  return ["packages", "apps"].flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => `${group}/${name}`)
      .filter((folder) => existsSync(join(root, folder, "package.json"))),
  );
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}

/** All published packages, with folder and manifest. */
export function publishedPackages() {
  return workspaceFolders()
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => manifest.private !== true);
}

/** The files below a folder whose names match, relative to the root; none if it is absent. */
export function filesBelow(folder, pattern) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { encoding: "utf8", recursive: true })
    .filter((name) => pattern.test(name) && !/(^|[/\\])(node_modules|dist)[/\\]/.test(name))
    .map((name) => `${folder}/${name}`);
}
