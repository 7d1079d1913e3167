import { Server } from "socket.io";
import { behaviourOf } from "./behaviour.ts";

behaviourOf({
  name: "socket.io",
  createServer: (http, options) => new Server(http, options),
  knownDifferences: {},
});
