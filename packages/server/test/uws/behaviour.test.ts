import { EventEmitter, once } from "node:events";
import { Server } from "@skein/server";
import type { Server as PublishedServer } from "socket.io";
import { test } from "vitest";
import { behaviourOf } from "../behaviour/behaviour.ts";
import { differences } from "../behaviour/differences.ts";
import type { Options, Place } from "../behaviour/implementation.ts";
import { expectNativeAddon, listen, newApp } from "./support/app.ts";

/** Errors that tests provoke in their own listeners would fill the output. */
const quiet = (): void => {};

async function start(options: Options): Promise<Place> {
  const app = newApp();
  const io = new Server(options as object).onError(quiet);
  io.attachApp(app);
  // Without any other route µWebSockets.js answers nothing.
  app.any("/*", (res) => void res.writeStatus("404 Not Found").end("elsewhere"));
  const requests = new EventEmitter();
  io.engine.use((_request, _response, next) => {
    requests.emit("request");
    next();
  });
  return {
    io: io as unknown as PublishedServer,
    origin: await listen(app),
    unknownName: { status: 404, body: "elsewhere" },
    nextRequest: () => once(requests, "request"),
    release: () => app.close(),
  };
}

const ownersApp = "an app is its owner's to close, and can't tell whether it listens";
const noHttpServer = "an app is no server of node:http";

test("the native addon is in use", () => expectNativeAddon());

behaviourOf({
  name: "skein on µWebSockets.js",
  start,
  knownDifferences: {
    ...differences,
    "the callback and the promise come when the HTTP server has closed": ownersApp,
    "closing twice is safe, and the second callback tells of it": ownersApp,
    "what is emitted arrives although every HTTP connection is cut in the turn of close": noHttpServer,
    "what is emitted arrives before the HTTP server is closed in the same turn": noHttpServer,
    "a WebSocket message above the limit closes with 1009": "µWebSockets.js closes with 1006",
    "a WebSocket frame that breaks the protocol and comes with the request does too":
      "µWebSockets.js drops a connection whose frames come before it has answered the upgrade request",
  },
});
