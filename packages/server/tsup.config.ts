import { defineConfig } from "tsup";
import { library } from "../../tsup.config.base.ts";

/** `require("@skein/server")(httpServer, options)`: the module itself makes servers (server-api, "Package exports"). */
const callable = `module.exports = ((named) =>
  Object.assign((server, options) => new named.Server(server, options), named))(module.exports);`;

// `import.meta.url` must mean the same in both builds: the client files are found by it.
export default defineConfig({
  ...library,
  shims: true,
  footer: ({ format }) => (format === "cjs" ? { js: callable } : {}),
});
