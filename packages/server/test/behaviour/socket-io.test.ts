import { Server } from "socket.io";
import { behaviourOf } from "./behaviour.ts";
import { engineIo, nothingCatches, socketIo, socketIoAdapter, socketIoParser } from "./differences.ts";
import { onNode } from "./on-node.ts";

/** The published server: it proves that the suite states what its users rely on. */
behaviourOf({
  name: "socket.io",
  start: onNode((http, options) => new Server(http, options)),
  knownDifferences: { ...socketIo, ...socketIoAdapter, ...engineIo, ...socketIoParser, ...nothingCatches },
});
