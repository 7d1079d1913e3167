import { Server } from "@skein/server";
import type { Server as PublishedServer } from "socket.io";
import { behaviourOf } from "./behaviour.ts";
import { differences } from "./differences.ts";
import { onNode } from "./on-node.ts";

/** Errors that tests provoke in their own listeners would fill the output. */
const quiet = (): void => {};

behaviourOf({
  name: "skein",
  start: onNode(
    (http, options) => new Server(http, options as object).onError(quiet) as unknown as PublishedServer,
  ),
  knownDifferences: differences,
});
