import { type RawPolling, type RawWebSocket, SEPARATOR } from "@skein/testkit";
import type { EngineOptions } from "@skein/engine";
import { afterEach, describe, expect, it } from "vitest";
import {
  type Client,
  type RunningEngine,
  startEngine,
  stopEngines,
  untilWritable,
} from "./running-engine.ts";

afterEach(stopEngines);

interface Upgrading {
  readonly running: RunningEngine;
  readonly polling: RawPolling;
  readonly client: Client;
  readonly webSocket: RawWebSocket;
}

async function beginUpgrade(options: EngineOptions = {}): Promise<Upgrading> {
  const running = await startEngine(options);
  const polling = running.polling();
  await polling.handshake();
  const client = await running.clients.next();
  const webSocket = await running.webSocket(`&sid=${polling.sid}`);
  return { running, polling, client, webSocket };
}

async function upgrade({ client, webSocket }: Upgrading): Promise<void> {
  const upgraded = new Promise<void>((resolve) => client.connection.once("upgrade", () => resolve()));
  webSocket.sendText("2probe");
  expect(await webSocket.nextText()).toBe("3probe");
  webSocket.sendText("5");
  await upgraded;
}

describe("an upgrade", () => {
  it("moves the session after probe and commitment", async () => {
    const session = await beginUpgrade();
    const { client, webSocket, polling, running } = session;
    expect(client.connection.upgrading).toBe(true);
    await upgrade(session);
    expect(client.connection.transport).toMatchObject({ name: "websocket", writable: true });
    expect(client.connection.upgraded).toBe(true);
    webSocket.sendText("4up");
    expect(await client.messages.next()).toBe("up");
    client.connection.send("down");
    expect(await webSocket.nextText()).toBe("4down");
    expect(await polling.poll()).toBe('400 {"code":3,"message":"Bad request"}');
    expect(await polling.push("4x")).toBe('400 {"code":3,"message":"Bad request"}');
    expect(running.engine.clientsCount).toBe(1);
    webSocket.end();
    expect((await client.ended).reason).toBe("transport close");
  });

  it("releases a waiting poll with a noop", async () => {
    const { polling, client, webSocket } = await beginUpgrade();
    const poll = polling.poll();
    await untilWritable(client.connection);
    webSocket.sendText("2probe");
    expect(await poll).toBe("200 6");
    webSocket.end();
  });

  it("loses nothing and keeps the order of what is sent meanwhile", async () => {
    const session = await beginUpgrade();
    const { polling, client, webSocket } = session;
    const poll = polling.poll();
    await untilWritable(client.connection);
    webSocket.sendText("2probe");
    expect(await webSocket.nextText()).toBe("3probe");
    client.connection.send("x1");
    client.connection.send(Uint8Array.of(1, 2));
    expect(await poll).toBe(`200 4x1${SEPARATOR}bAQI=`);
    client.connection.send("x2");
    client.connection.send("x3");
    webSocket.sendText("5");
    expect([await webSocket.nextText(), await webSocket.nextText()]).toEqual(["4x2", "4x3"]);
    webSocket.end();
  });

  it("takes messages by polling until it is committed", async () => {
    const session = await beginUpgrade();
    expect(await session.polling.push("4a")).toBe("200 ok");
    await upgrade(session);
    session.webSocket.sendText("4b");
    expect(await session.client.messages.take(2)).toEqual(["a", "b"]);
    session.webSocket.end();
  });

  it("may be committed without a probe, and answers a waiting poll", async () => {
    const { polling, client, webSocket } = await beginUpgrade();
    const poll = polling.poll();
    await untilWritable(client.connection);
    webSocket.sendText("5");
    expect(await poll).toBe("200 1");
    client.connection.send("a");
    expect(await webSocket.nextText()).toBe("4a");
    webSocket.end();
  });

  it("answers a repeated probe", async () => {
    const { webSocket } = await beginUpgrade();
    webSocket.sendText("2probe");
    webSocket.sendText("2probe");
    expect([await webSocket.nextText(), await webSocket.nextText()]).toEqual(["3probe", "3probe"]);
    webSocket.end();
  });

  it.each(["4too early", "2", "x", ""])("fails on %j, and the session goes on by polling", async (text) => {
    const { polling, client, webSocket, running } = await beginUpgrade();
    webSocket.sendText(text);
    expect((await webSocket.frames.next()).opcode).toBe(8);
    client.connection.send("still here");
    expect(await polling.poll()).toBe("200 4still here");
    const again = await running.webSocket(`&sid=${polling.sid}`);
    await upgrade({ running, polling, client, webSocket: again });
    webSocket.end();
    again.end();
  });

  it("fails when the candidate is gone, and the session goes on", async () => {
    const { polling, client, webSocket } = await beginUpgrade();
    webSocket.end();
    while (client.connection.upgrading) await new Promise((resolve) => setImmediate(resolve));
    expect(await polling.push("4a")).toBe("200 ok");
    expect(await client.messages.next()).toBe("a");
  });

  it("fails when it takes too long, and the session goes on", async () => {
    const { polling, webSocket } = await beginUpgrade({ upgradeTimeout: 30 });
    expect((await webSocket.frames.next()).opcode).toBe(8);
    expect(await polling.push("4a")).toBe("200 ok");
    webSocket.end();
  });

  it("is refused before the 101 while one is in progress, and after one", async () => {
    const session = await beginUpgrade();
    expect((await session.running.webSocket(`&sid=${session.polling.sid}`)).status).toBe(400);
    await upgrade(session);
    expect((await session.running.webSocket(`&sid=${session.polling.sid}`)).status).toBe(400);
    session.webSocket.sendText("4unharmed");
    expect(await session.client.messages.next()).toBe("unharmed");
    session.webSocket.end();
  });

  it("is refused when upgrades are not allowed", async () => {
    const running = await startEngine({ allowUpgrades: false });
    const polling = running.polling();
    await polling.handshake();
    expect((await running.webSocket(`&sid=${polling.sid}`)).status).toBe(400);
    expect(await polling.push("4a")).toBe("200 ok");
  });

  it("takes the candidate down with the session", async () => {
    const { client, webSocket } = await beginUpgrade();
    client.connection.close(true);
    expect((await webSocket.frames.next()).opcode).toBe(8);
    expect((await client.ended).reason).toBe("forced close");
    webSocket.end();
  });

  it("keeps the first request and its address", async () => {
    const session = await beginUpgrade();
    await upgrade(session);
    expect(session.client.connection.request?.url).toContain("transport=polling");
    expect(session.client.connection.remoteAddress).toContain("127.0.0.1");
    session.webSocket.end();
  });

  it("leaves the heartbeat running", async () => {
    const session = await beginUpgrade({ pingInterval: 60, pingTimeout: 40 });
    await upgrade(session);
    expect(await session.webSocket.nextText()).toBe("2");
    expect(await session.client.ended).toEqual({ reason: "ping timeout", message: undefined });
    session.webSocket.end();
  });

  it("between a ping and its pong does not save a silent client", async () => {
    const running = await startEngine({ pingInterval: 30, pingTimeout: 300 });
    const polling = running.polling();
    await polling.handshake();
    const client = await running.clients.next();
    expect(await polling.poll()).toBe("200 2");
    const webSocket = await running.webSocket(`&sid=${polling.sid}`);
    await upgrade({ running, polling, client, webSocket });
    expect((await client.ended).reason).toBe("ping timeout");
    webSocket.end();
  });
});

describe("the heartbeat", () => {
  it("pings again after each pong", async () => {
    const running = await startEngine({ pingInterval: 20, pingTimeout: 2000 });
    const webSocket = await running.webSocket();
    await webSocket.nextText();
    let heartbeats = 0;
    (await running.clients.next()).connection.on("heartbeat", () => {
      heartbeats += 1;
    });
    for (let count = 0; count < 3; count += 1) {
      expect(await webSocket.nextText()).toBe("2");
      webSocket.sendText("3");
    }
    expect(await webSocket.nextText()).toBe("2");
    expect(heartbeats).toBe(3);
    webSocket.end();
  });

  it("ends a session whose client does not answer", async () => {
    const running = await startEngine({ pingInterval: 20, pingTimeout: 20 });
    const webSocket = await running.webSocket();
    expect((await (await running.clients.next()).ended).reason).toBe("ping timeout");
    await webSocket.nextText();
    expect(await webSocket.nextText()).toBe("2");
    expect((await webSocket.frames.next()).opcode).toBe(8);
    webSocket.end();
  });

  it("ends a polling session that never polls", async () => {
    const running = await startEngine({ pingInterval: 20, pingTimeout: 20 });
    await running.polling().handshake();
    expect((await (await running.clients.next()).ended).reason).toBe("ping timeout");
    expect(running.engine.clientsCount).toBe(0);
  });

  it("is the client's task in revision 3", async () => {
    const running = await startEngine({ allowEIO3: true, pingInterval: 30, pingTimeout: 30 });
    const webSocket = await running.webSocket("&EIO=3");
    const { connection, ended } = await running.clients.next();
    expect(connection.protocol).toBe(3);
    await webSocket.nextText();
    webSocket.sendText("2");
    expect(await webSocket.nextText()).toBe("3");
    expect((await ended).reason).toBe("ping timeout");
    webSocket.end();
  });
});
