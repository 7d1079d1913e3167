import { defineConfig } from "tsup";
import { declarations, library } from "../../tsup.config.base.ts";

/** `require("@skein/server")(httpServer, options)`: the module itself makes servers (server-api, "Package exports"). */
const callable = `module.exports = ((named) =>
  Object.assign((server, options) => new named.Server(server, options), named))(module.exports);`;

/** The client files are searched from here: in a bundle that is an ES module, from the folder of the process. */
const moduleUrl = `"use strict";
const moduleUrl = require("node:url").pathToFileURL(
  typeof __filename === "string" ? __filename : process.cwd() + "/").href;`;

export default defineConfig({
  ...library,
  dts: { ...declarations, entry: { index: "src/declarations.ts" } },
  define: { "import.meta.url": "moduleUrl" },
  banner: { js: moduleUrl },
  footer: { js: callable },
});
