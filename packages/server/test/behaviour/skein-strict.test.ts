import { Server } from "@skein/server";
import type { Server as PublishedServer } from "socket.io";
import { beforeEach, vi } from "vitest";
import { behaviourOf } from "./behaviour.ts";
import { alwaysDifferent } from "./differences.ts";
import { onNode } from "./on-node.ts";

const surfaces = "it reaches the process, which is what strict restores";

// What clients bring about is printed even so, and would fill the output.
beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));

behaviourOf({
  name: "strict skein",
  start: onNode(
    (http, options) =>
      new Server(http, { ...(options as object), strict: true }) as unknown as PublishedServer,
  ),
  knownDifferences: {
    ...alwaysDifferent,
    "a listener that throws does not end the process": surfaces,
    "a listener that rejects does not end the process": surfaces,
    "a connection listener that throws does not end the process": surfaces,
    "a disconnect listener that throws does not keep the socket from being cleaned up": surfaces,
    "a middleware that throws refuses the client": surfaces,
    "a middleware that rejects refuses the client": surfaces,
    "a socket middleware that throws refuses the event": surfaces,
    "an acknowledgement callback that throws does not end the process": surfaces,
    "a question with a timeout fails as soon as the client has left":
      "it fails when its time is up, as in the reference",
  },
});
