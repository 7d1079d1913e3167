import { Server } from "@skein/server";
import { expect, onTestFinished, test } from "vitest";
import { once } from "../behaviour/waiting.ts";
import { WebSocketWire } from "../behaviour/wire/websocket-wire.ts";
import { listen, newApp } from "./support/app.ts";
import { CROWD, manyClients, type TestClient, UwsServer } from "./support/party.ts";

/** The events that each guest got. */
function events(guests: readonly TestClient[]): Promise<string[][]> {
  return Promise.all(
    guests.map(async (guest) => (await guest.story()).filter((packet) => packet.startsWith("42"))),
  );
}

const all = (packet: string): string[][] => manyClients.map(() => [packet]);

test("a server on µWebSockets.js and one on Node, in one process, know nothing of each other", async () => {
  const [native, plain] = [await UwsServer.onUws(), await UwsServer.onNode()];
  onTestFinished(() => plain.close());
  const [here, there] = [await native.guests(manyClients), await plain.guests(manyClients)];
  native.io.emit("native");
  plain.io.emit("plain");
  expect(await events(here)).toEqual(all('42["native"]'));
  expect(await events(there)).toEqual(all('42["plain"]'));
  await native.close();
  plain.io.emit("still here");
  expect(await events(there)).toEqual(all('42["still here"]'));
});

test("a server on Node closes, and one on µWebSockets.js goes on publishing", async () => {
  const [native, plain] = [await UwsServer.onUws(), await UwsServer.onNode()];
  onTestFinished(() => native.close());
  const here = await native.guests(manyClients);
  await plain.guests(manyClients);
  await plain.close();
  native.io.emit("still here");
  expect(await events(here)).toEqual(all('42["still here"]'));
  expect(native.published.count).toBe(1);
});

test("two servers share an app on different paths, rooms and names alike, and close one by one", async () => {
  const app = newApp();
  const [one, two] = [new Server({ path: "/one" }), new Server({ path: "/two" })];
  one.attachApp(app);
  two.attachApp(app);
  const origin = await listen(app);
  onTestFinished(() => app.close());
  const members = async (io: Server, path: string): Promise<WebSocketWire[]> => {
    const wires: WebSocketWire[] = [];
    while (wires.length < CROWD) {
      const arrived = once(io, "connection");
      const wire = WebSocketWire.attempt(origin, "?EIO=4&transport=websocket", path);
      onTestFinished(() => wire.drop());
      await wire.next();
      await wire.send("40");
      await arrived;
      await wire.next();
      wires.push(wire);
    }
    io.socketsJoin("room");
    return wires;
  };
  const [ones, twos] = [await members(one, "/one"), await members(two, "/two")];
  one.to("room").emit("one");
  one.emit("one");
  two.to("room").emit("two");
  for (const wire of ones) expect([await wire.next(), await wire.next()]).toEqual(['42["one"]', '42["one"]']);
  await one.close();
  for (const wire of ones) expect(await wire.rest()).toEqual([]);
  two.emit("alone");
  for (const wire of twos)
    expect([await wire.next(), await wire.next()]).toEqual(['42["two"]', '42["alone"]']);
  await two.close();
});

test("a path that was closed can be served again on the same app", async () => {
  const app = newApp();
  const first = new Server();
  first.attachApp(app);
  expect(() => new Server().attachApp(app)).toThrow(expect.objectContaining({ code: "ALREADY_ATTACHED" }));
  await first.close();
  const second = new Server();
  second.attachApp(app);
  const origin = await listen(app);
  onTestFinished(async () => {
    await second.close();
    app.close();
  });
  expect((await fetch(`${origin}/socket.io/socket.io.js`)).status).toBe(200);
  expect(await (await fetch(`${origin}/socket.io/?EIO=4&transport=polling`)).text()).toMatch(/^0\{"sid"/);
});

test("a second server on an app is refused with the names of both, and the app stays as it was", async () => {
  const app = newApp();
  const io = new Server();
  io.attachApp(app);
  const again = (): void => new Server().attachApp(app);
  expect(again).toThrow(
    /^a Socket\.IO server at "\/socket\.io\/" can't .* a Socket\.IO server at "\/socket\.io\/" is/,
  );
  const longer = new Server({ path: "/socket.io/v2" });
  longer.attachApp(app);
  const origin = await listen(app);
  onTestFinished(() => app.close());
  for (const [server, path] of [
    [io, "/socket.io/"],
    [longer, "/socket.io/v2/"],
  ] as const) {
    expect((await fetch(`${origin}${path}?EIO=4&transport=polling`)).status).toBe(200);
    expect(server.engine.clientsCount).toBe(1);
    await server.close();
  }
});

test("a server that is detached leaves its requests to the app's other routes, and may come back", async () => {
  const app = newApp();
  const io = new Server();
  io.attachApp(app);
  app.any("/*", (res) => void res.writeStatus("404 Not Found").end("elsewhere"));
  const origin = await listen(app);
  onTestFinished(() => app.close());
  const handshake = async (): Promise<string> =>
    (await fetch(`${origin}/socket.io/?EIO=4&transport=polling`)).text();
  const wire = WebSocketWire.attempt(origin, "?EIO=4&transport=websocket", "/socket.io");
  await wire.next();
  io.detach(app);
  await wire.rest();
  expect(io.engine.clientsCount).toBe(0);
  expect(await handshake()).toBe("elsewhere");
  io.attachApp(app);
  expect(await handshake()).toMatch(/^0\{"sid"/);
  await io.close();
  expect(await handshake()).toBe("elsewhere");
});

test("a server that closes makes room on its app at once", async () => {
  const app = newApp();
  const old = new Server();
  old.attachApp(app);
  const closed = old.close();
  const io = new Server();
  io.attachApp(app);
  await closed;
  const origin = await listen(app);
  onTestFinished(() => app.close());
  expect(await (await fetch(`${origin}/socket.io/?EIO=4&transport=polling`)).text()).toMatch(/^0\{"sid"/);
  await io.close();
});

test("client files come with the CORS headers of the server, and unknown names are other routes'", async () => {
  const app = newApp();
  const io = new Server();
  io.attachApp(app, { path: "/files", cors: { origin: "https://example.com" } });
  app.any("/*", (res) => void res.writeStatus("404 Not Found").end("elsewhere"));
  const origin = await listen(app);
  onTestFinished(async () => {
    await io.close();
    app.close();
  });
  const file = await fetch(`${origin}/files/socket.io.min.js?v=1`);
  expect(file.status).toBe(200);
  expect(file.headers.get("access-control-allow-origin")).toBe("https://example.com");
  const etag = file.headers.get("etag") ?? "";
  expect(await file.text()).toContain("Socket.IO");
  const known = await fetch(`${origin}/files/socket.io.min.js`, { headers: { "if-none-match": etag } });
  expect(known.status).toBe(304);
  expect(await (await fetch(`${origin}/files/secret.js`)).text()).toBe("elsewhere");
  expect(await (await fetch(`${origin}/socket.io/socket.io.js`)).text()).toBe("elsewhere");
});
