import type { Server } from "socket.io";
import { Server as SkeinServer, type ServerOptions } from "../../src/index.ts";
import { behaviourOf } from "./behaviour.ts";
behaviourOf({
  name: "skein",
  createServer: (http, options) =>
    new SkeinServer(http, options as unknown as ServerOptions) as unknown as Server,
  knownDifferences: {},
});
