import { resolve } from "node:path";
import { runOrThrow } from "./run.mjs";

/** The pnpm that runs this script, or else the one on the PATH. */
function pnpmCommand() {
  const own = process.env.npm_execpath;
  return own !== undefined && /pnpm[^/\\]*\.c?js$/.test(own) ? [process.execPath, own] : ["pnpm"];
}

/**
 * Packs a package as it would be published (`publishConfig` applied); returns the tarball's path.
 */
export async function pack(folder, destination) {
  const [command, ...first] = pnpmCommand();
  const args = [...first, "pack", "--json", "--pack-destination", destination];
  const { stdout } = await runOrThrow(command, args, { cwd: folder });
  return resolve(destination, JSON.parse(stdout).filename);
}

/** The manifest and the file names inside a tarball. */
export async function readTarball(tarball) {
  const manifest = await runOrThrow("tar", ["-xzOf", tarball, "package/package.json"]);
  const list = await runOrThrow("tar", ["-tzf", tarball]);
  const files = list.stdout.split("\n").filter((name) => name !== "");
  return {
    manifest: JSON.parse(manifest.stdout),
    files: files.map((name) => name.replace(/^package\//, "")),
  };
}
