import { Server } from "@skein/server";
import type { Server as PublishedServer } from "socket.io";
import { behaviourOf } from "./behaviour.ts";

behaviourOf({
  name: "skein",
  createServer: (http, options) => new Server(http, options as object) as unknown as PublishedServer,
  knownDifferences: {},
});
