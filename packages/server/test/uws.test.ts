import { createRequire } from "node:module";
import type { UwsApp } from "@skein/uws-bridge";
import { io as connect } from "socket.io-client";
import { expect, onTestFinished, test } from "vitest";
import { Server } from "../src/index.ts";
import { next } from "./support/world.ts";

interface ListenToken {
  readonly token: unique symbol;
}

interface UwsLibrary {
  App(): UwsApp & { listen(host: string, port: number, done: (token: ListenToken | false) => void): void };
  us_listen_socket_close(token: ListenToken): void;
  us_socket_local_port(token: ListenToken): number;
}

// The library is a development dependency of the bridge alone.
const bridge = createRequire(new URL("../../uws-bridge/package.json", import.meta.url));
const uWS = bridge("uWebSockets.js") as UwsLibrary;

test("on µWebSockets.js the server talks over both transports and serves the client file", async () => {
  const app = uWS.App();
  const io = new Server();
  io.attachApp(app);
  const token = await new Promise<ListenToken | false>((resolve) => app.listen("127.0.0.1", 0, resolve));
  if (token === false) throw new Error("no port");
  onTestFinished(async () => {
    await io.close();
    uWS.us_listen_socket_close(token);
  });
  const url = `http://127.0.0.1:${uWS.us_socket_local_port(token)}`;
  io.on("connection", (socket) => {
    socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
  });
  for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
    const client = connect(url, { transports, forceNew: true, reconnection: false });
    onTestFinished(() => void client.disconnect());
    await next(client, "connect");
    expect(await client.emitWithAck("echo", { bytes: Buffer.from([1, 2]) })).toEqual({
      bytes: Buffer.from([1, 2]),
    });
  }
  const file = await fetch(`${url}/socket.io/socket.io.min.js`);
  expect(file.status).toBe(200);
  expect(await file.text()).toContain("Socket.IO");
});
