import { Server } from "@skein/server";
import type { Server as PublishedServer } from "socket.io";
import { behaviourOf } from "./behaviour.ts";
import { onNode } from "./on-node.ts";

/** Errors that tests provoke in their own listeners would fill the output. */
const quiet = (): void => {};

behaviourOf({
  name: "skein",
  start: onNode(
    (http, options) => new Server(http, options as object).onError(quiet) as unknown as PublishedServer,
  ),
  knownDifferences: {
    "a timeout is reported even when the client is gone":
      "the answer is known to stay away as soon as the client has left, so its absence is reported then",
    "an event while a middleware still decides closes the connection":
      "the event is dropped: one namespace's delay should not cost the client the others",
  },
});
