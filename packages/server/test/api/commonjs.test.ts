import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Options } from "tsup";
import { expect, onTestFinished, test } from "vitest";
import type { Server, ServerOptions } from "../../src/index.ts";
import config from "../../tsup.config.ts";
import { clientOf, closedAfterwards, connected, echoed, echoing, originOf } from "./support.ts";

type Module = ((first?: unknown, options?: ServerOptions) => Server) & { readonly Server: typeof Server };

/**
 * Result of `require("@skein/server")`: the package's build, from current sources instead of built
 * dependencies.
 */
async function required(): Promise<Module> {
  const folder = mkdtempSync(fileURLToPath(new URL("../../node_modules/.commonjs-", import.meta.url)));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await build({
    ...(config as Options),
    config: false,
    entry: [fileURLToPath(new URL("../../src/index.ts", import.meta.url))],
    format: ["cjs"],
    outDir: folder,
    dts: false,
    sourcemap: false,
    silent: true,
    noExternal: [/^@skein\//],
    esbuildOptions: (options) => {
      options.conditions = ["skein-source"];
    },
  });
  return createRequire(import.meta.url)(join(folder, "index.cjs")) as Module;
}

test("the CommonJS module is a function that makes a server, and carries the named exports", async () => {
  const skein = await required();
  expect(Object.keys(skein)).toEqual(expect.arrayContaining(["Server", "Namespace", "Socket"]));
  const io = closedAfterwards(skein(0, { path: "/chosen" }));
  expect(io).toBeInstanceOf(skein.Server);
  expect(io.path()).toBe("/chosen");
  echoing(io);
  const client = await connected(clientOf(await originOf(io.httpServer), "/", { path: "/chosen" }));
  expect(await echoed(client, 1)).toBe(1);
});
