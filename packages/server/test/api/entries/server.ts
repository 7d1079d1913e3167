import { createServer } from "node:http";
import { inMemoryAdapter } from "@skein/adapter";
import { Server as Engine } from "@skein/engine";
import { App } from "uWebSockets.js";
import { httpServerOfThisTest } from "../support.ts";
import { strangersConnection } from "../stage.ts";
import { announcementsOf, broadcastingOf } from "./broadcasting.ts";
import { entriesOf, type Entry, use } from "./entry.ts";
import * as a from "./kinds.ts";

const { attribute, construction, event, method } = entriesOf("server");
const http = () => [httpServerOfThisTest()];
const onHttp = [use(http, a.itself), use(() => [createServer(), {}], a.itself)];
const onPort = [use([0], a.itself), use([0, {}], a.itself)];

const own: readonly Entry[] = [
  construction(
    "new Server(httpServer, options)",
    1,
    [use(http, a.anObject), use(() => [httpServerOfThisTest(), {}], a.anObject)],
    "attaches to an HTTP server that listens later",
  ),
  construction(
    "new Server(port, options)",
    1,
    [use([0], a.anObject), use([0, {}], a.anObject)],
    "listens on a given port",
  ),
  construction(
    "new Server(options)",
    0,
    [use([], a.anObject), use([{ path: "/x" }], a.anObject)],
    "accepts only options, and listens later",
  ),
  ...announcementsOf("server"),
  event(
    "new_namespace",
    ({ server }) => server.of("/new"),
    [a.namespace],
    "new_namespace announces a new namespace once",
  ),
  attribute(
    "server.engine",
    a.engine,
    "engine middlewares see every request and their headers reach the client",
  ),
  attribute(
    "server.sockets",
    a.mainNamespace,
    "is available as server.sockets when it is the main namespace",
  ),
  method(
    "server.adapter(value)",
    0,
    [use([], a.functions), use(() => [inMemoryAdapter()], a.itself)],
    "adapter sets the adapter of every namespace, or returns the current one",
  ),
  method("server.attach(httpServer, options)", 1, onHttp, "accepts an HTTP server in %s"),
  method("server.attach(port, options)", 1, onPort, "accepts a port in %s"),
  method(
    "server.attachApp(app, options)",
    1,
    [use(() => [App()], a.nothing), use(() => [App(), {}], a.nothing)],
    "attachApp serves clients through a µWebSockets.js app",
  ),
  method(
    "server.bind(engine)",
    1,
    [use(() => [new Engine()], a.itself)],
    "bind serves the connections of an existing engine",
  ),
  method(
    "server.close(callback)",
    0,
    [use([], a.promised(a.nothing)), use([() => {}], a.promised(a.nothing))],
    "the callback and the promise come when the HTTP server has closed",
  ),
  method("server.listen(httpServer, options)", 1, onHttp, "accepts an HTTP server in %s"),
  method("server.listen(port, options)", 1, onPort, "accepts a port in %s"),
  method(
    "server.of(nsp)",
    1,
    [
      use(["/x"], a.namespace),
      use([/^\/x$/], a.namespace),
      use([() => {}], a.namespace),
      use(["/y", () => {}], a.namespace),
    ],
    "a name without a slash gets one, and the same name is the same namespace",
    // The listener of connections, which the page leaves out.
    1,
  ),
  method(
    "server.on(eventName, listener)",
    2,
    [use(["connection", () => {}], a.mainNamespace), use(["custom", () => {}], a.mainNamespace)],
    "a client that joins the main namespace is announced and connected",
  ),
  method(
    "server.onconnection(socket)",
    1,
    [use(async () => [await strangersConnection()], a.itself)],
    "onconnection accepts a connection of an engine and returns the server",
  ),
  method(
    "server.path(value)",
    0,
    [use([], a.text), use(["/x"], a.itself)],
    "is set before the server listens, and must match the client's path",
  ),
  method(
    "server.serveClient(value)",
    0,
    [use([], a.truthValue), use([false], a.itself)],
    "are not served after serveClient(false) before listening",
  ),
];

export const serverEntries: readonly Entry[] = [...own, ...Object.values(broadcastingOf("server"))];
