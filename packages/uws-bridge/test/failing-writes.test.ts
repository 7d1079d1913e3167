import type { EngineConnection } from "@skein/engine";
import { Server } from "@skein/engine";
import { RawWebSocket } from "@skein/testkit";
import uWS from "uWebSockets.js";
import { expect, it } from "vitest";
import { uwsHost } from "../src/index.ts";
import type { UwsBehavior, UwsSocket } from "../src/uws-types.ts";
import { cleanUp, listen } from "./support.ts";

const BUG = new Error("the socket can't");

/** An app that shows its native sockets as they open. */
function shown(sockets: UwsSocket<object>[]): ReturnType<typeof uWS.App> {
  const app = uWS.App();
  const ws: (pattern: string, behavior: object) => unknown = app.ws.bind(app);
  Object.assign(app, {
    ws: (pattern: string, behavior: UwsBehavior<object>) =>
      ws(pattern, {
        ...behavior,
        open: (socket: UwsSocket<object>) => {
          sockets.push(socket);
          behavior.open?.(socket);
        },
      }),
  });
  return app;
}

it.each([
  ["one message", 1],
  ["several, which are corked", 3],
])("a native socket that throws at %s ends its connection, and no other", async (_what, count) => {
  const sockets: UwsSocket<object>[] = [];
  const app = shown(sockets);
  const engine = new Server();
  const host = uwsHost(app);
  engine.attachHost(host);
  cleanUp(() => {
    engine.close();
    host.close();
  });
  const port = await listen(app);
  const connections: EngineConnection[] = [];
  engine.on("connection", (connection) => connections.push(connection));
  const path = "/engine.io/?EIO=4&transport=websocket";
  const clients = [await RawWebSocket.open(port, path), await RawWebSocket.open(port, path)];
  for (const client of clients) await client.nextText();
  const [victim, other] = connections;
  const [broken] = sockets;
  if (victim === undefined || other === undefined || broken === undefined) throw new Error("nobody is there");
  const ends: unknown[][] = [];
  const closed = new Promise((resolve) => {
    victim.on("close", (...end: unknown[]) => {
      ends.push(end);
      resolve(undefined);
    });
  });
  broken.send = () => {
    throw BUG;
  };
  for (let n = 0; n < count; n += 1) victim.send(String(n));
  other.send("to another");
  await closed;
  expect(ends).toMatchObject([["transport error", { code: "SEND_FAILED", cause: BUG }]]);
  expect(await clients[1]?.nextText()).toBe("4to another");
  await clients[0]?.closed;
  expect(engine.clientsCount).toBe(1);
  other.send("later");
  expect(await clients[1]?.nextText()).toBe("4later");
  clients[1]?.end();
});
