import { Socket, type SocketOptions } from "engine.io-client";
import { afterEach, describe, expect, it } from "vitest";
import { startEngine, stopEngines } from "./running-engine.ts";

afterEach(stopEngines);

type Setup = [string, Partial<SocketOptions>];

const SETUPS: Setup[] = [
  ["polling only", { transports: ["polling"] }],
  ["WebSocket only", { transports: ["websocket"] }],
  ["an upgrade", { transports: ["polling", "websocket"] }],
];

describe.each(SETUPS)("the official client with %s", (_title, options) => {
  it("gets back everything it sends, in order, text and binary", async () => {
    const running = await startEngine({ echo: true });
    const socket = new Socket(`http://127.0.0.1:${running.port}`, options);
    const sent = Array.from({ length: 300 }, (_, index) =>
      index % 3 === 0 ? Buffer.from(`b${index}`) : `text ${index} €`,
    );
    const received: string[] = [];
    const complete = new Promise<void>((resolve) => {
      socket.on("message", (data: string | Buffer) => {
        received.push(data.toString());
        if (received.length === sent.length) resolve();
      });
    });
    for (const [index, message] of sent.entries()) {
      socket.send(message);
      if (index % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await complete;
    expect(received).toEqual(sent.map(String));
    socket.close();
    expect((await (await running.clients.next()).ended).reason).toBe("transport close");
  });

  it("keeps order across the whole life of the session, both ways at once", async () => {
    const running = await startEngine();
    const socket = new Socket(`http://127.0.0.1:${running.port}`, options);
    const received: string[] = [];
    const complete = new Promise<void>((resolve) => {
      socket.on("message", (data: string) => {
        received.push(data);
        if (received.length === 200) resolve();
      });
    });
    const { connection } = await running.clients.next();
    for (let index = 0; index < 200; index += 1) {
      connection.send(String(index));
      if (index % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await complete;
    expect(received).toEqual(Array.from({ length: 200 }, (_, index) => String(index)));
    socket.close();
  });

  it("is told when the server closes, after what was sent", async () => {
    const running = await startEngine();
    const socket = new Socket(`http://127.0.0.1:${running.port}`, options);
    const told: string[] = [];
    socket.on("message", (data: string) => told.push(data));
    const closed = new Promise<string>((resolve) => socket.on("close", resolve));
    const client = await running.clients.next();
    client.connection.send("bye");
    client.connection.close();
    expect(await closed).toBe("transport close");
    expect(told).toEqual(["bye"]);
    expect((await client.ended).reason).toBe("forced close");
  });

  it("stays connected through heartbeats", async () => {
    const running = await startEngine({ pingInterval: 20, pingTimeout: 500 });
    const socket = new Socket(`http://127.0.0.1:${running.port}`, options);
    const { connection } = await running.clients.next();
    await new Promise<void>((resolve) => {
      let beats = 0;
      connection.on("heartbeat", () => {
        beats += 1;
        if (beats === 5) resolve();
      });
    });
    expect(connection.readyState).toBe("open");
    socket.close();
  });
});

it("the official client upgrades", async () => {
  const running = await startEngine({ echo: true });
  const socket = new Socket(`http://127.0.0.1:${running.port}`);
  await new Promise((resolve) => socket.on("upgrade", resolve));
  const { connection } = await running.clients.next();
  while (!connection.upgraded) await new Promise((resolve) => setImmediate(resolve));
  expect(connection.transport.name).toBe("websocket");
  socket.close();
});
