import { createRequire } from "node:module";
import { inMemoryAdapter, type LocalSockets } from "@skein/adapter";
import { type EngineConnection, Server as Engine } from "@skein/engine";
import { Adapter } from "socket.io-adapter";
import { App, us_listen_socket_close, us_socket_local_port } from "uWebSockets.js";
import { expect, onTestFinished, test } from "vitest";
import { Server } from "../../../src/index.ts";
import {
  clientOf,
  closedAfterwards,
  connected,
  echoed,
  echoing,
  httpServerOfThisTest,
  originOf,
} from "../support.ts";

test("attachApp serves clients through a µWebSockets.js app", async () => {
  // If the addon can't be loaded, the package silently uses a JavaScript imitation.
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  expect(loaded.filter((file) => /uws_\w+\.node$/.test(file))).toHaveLength(1);

  const app = App();
  const io = closedAfterwards(new Server());
  io.attachApp(app);
  echoing(io);
  const port = await new Promise<number>((resolve, reject) => {
    app.listen(0, (token) => {
      if (token === false) return reject(new Error("the app does not listen"));
      onTestFinished(() => us_listen_socket_close(token));
      resolve(us_socket_local_port(token));
    });
  });
  const origin = `http://127.0.0.1:${port}`;
  for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
    const client = await connected(clientOf(origin, "/", { transports }));
    expect(await echoed(client, Buffer.from("moored"))).toEqual(Buffer.from("moored"));
  }
});

test("bind serves the connections of an existing engine", async () => {
  const httpServer = httpServerOfThisTest();
  const engine = new Engine();
  engine.attach(httpServer, { path: "/socket.io/" });
  const io = closedAfterwards(new Server());

  expect(io.bind(engine)).toBe(io);
  expect(io.engine).toBe(engine);
  echoing(io);
  httpServer.listen(0);

  const client = await connected(clientOf(await originOf(httpServer)));
  expect(await echoed(client, "moored")).toBe("moored");
});

test("onconnection accepts a connection of an engine and returns the server", async () => {
  const httpServer = httpServerOfThisTest();
  const engine = new Engine().attach(httpServer, { path: "/socket.io/" });
  const io = new Server();
  onTestFinished(() => void engine.close());
  const returned: unknown[] = [];
  engine.on("connection", (arrival: EngineConnection) => {
    returned.push(io.onconnection(arrival));
  });
  echoing(io);
  httpServer.listen(0);

  const client = await connected(clientOf(await originOf(httpServer)));
  expect(await echoed(client, "towed in")).toBe("towed in");
  expect(returned).toEqual([io]);
});

test("adapter sets the adapter of every namespace, or returns the current one", async () => {
  const made: string[] = [];
  const inner = inMemoryAdapter();
  const factory = (local: LocalSockets) => {
    made.push(local.name);
    return inner(local);
  };
  const io = closedAfterwards(new Server());
  const before = io.of("/").adapter;
  expect(io.adapter(factory)).toBe(io);
  expect(io.adapter()).toBe(factory);
  expect(io.of("/").adapter).not.toBe(before);
  io.of("/harbour");
  expect(made).toEqual(["/", "/harbour"]);
  echoing(io);
  io.listen(0);
  const client = await connected(clientOf(await originOf(io.httpServer)));
  expect(await echoed(client, 1)).toBe(1);
});

test("adapter accepts an adapter class of Socket.IO", async () => {
  const io = closedAfterwards(new Server());
  io.adapter(Adapter);
  expect(io.adapter()).toBe(Adapter);
  expect(io.of("/").adapter).toBeInstanceOf(Adapter);
  echoing(io);
  io.listen(0);
  const client = await connected(clientOf(await originOf(io.httpServer)));
  expect(await echoed(client, 1)).toBe(1);
});
