import { maskedFrame } from "@skein/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type LibraryWebSocket, PreparedMessage, type WebSocketEngineServer } from "@skein/engine";
import { startEngine, stopEngines } from "./running-engine.ts";

afterEach(stopEngines);

describe("a WebSocket session", () => {
  it("begins with the open packet, without upgrades", async () => {
    const running = await startEngine();
    const webSocket = await running.webSocket();
    expect(webSocket.status).toBe(101);
    const { connection } = await running.clients.next();
    expect(await webSocket.nextText()).toBe(
      `0{"sid":"${connection.id}","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`,
    );
    webSocket.end();
  });

  it("sends the initial packet as the second message", async () => {
    const running = await startEngine({ initialPacket: "hi" });
    const webSocket = await running.webSocket();
    await webSocket.nextText();
    expect(await webSocket.nextText()).toBe("4hi");
    webSocket.end();
  });

  it("carries text as text frames and bytes as binary frames, one packet each", async () => {
    const running = await startEngine();
    const webSocket = await running.webSocket();
    const { connection } = await running.clients.next();
    await webSocket.nextText();
    connection.send("a");
    connection.send(Uint8Array.of(1, 2));
    connection.send(new PreparedMessage("b"));
    connection.send(new PreparedMessage(Uint8Array.of(3)));
    connection.send("");
    const frames = await webSocket.frames.take(5);
    expect(frames.map(({ opcode, payload }) => [opcode, payload.toString("latin1")])).toEqual([
      [1, "4a"],
      [2, "\u0001\u0002"],
      [1, "4b"],
      [2, "\u0003"],
      [1, "4"],
    ]);
    expect(frames.every(({ final, reserved }) => final && reserved === 0)).toBe(true);
    webSocket.end();
  });

  it("writes everything that one turn sends to one client at once", async () => {
    const running = await startEngine();
    const webSocket = await running.webSocket();
    const { connection } = await running.clients.next();
    await webSocket.nextText();
    const batches: number[] = [];
    connection.on("flush", (batch: readonly unknown[]) => batches.push(batch.length));
    for (let count = 0; count < 10; count += 1) connection.send(String(count));
    expect(await webSocket.frames.take(10)).toHaveLength(10);
    expect(batches).toEqual([10]);
    webSocket.end();
  });

  it("receives text and bytes", async () => {
    const running = await startEngine();
    const webSocket = await running.webSocket();
    webSocket.sendText("4h€llo");
    webSocket.sendBinary(Buffer.of(0, 4));
    webSocket.sendText("bAQI=");
    const { messages } = await running.clients.next();
    expect(await messages.take(3)).toEqual(["h€llo", Buffer.of(0, 4), Buffer.of(1, 2)]);
    webSocket.end();
  });

  it("receives what came right behind the upgrade request", async () => {
    const running = await startEngine();
    const webSocket = await running.webSocket("", maskedFrame(0x81, "4early"));
    expect(await (await running.clients.next()).messages.next()).toBe("early");
    webSocket.end();
  });

  it("sends bytes as text to a client that asks for that", async () => {
    const running = await startEngine();
    const webSocket = await running.webSocket("&b64=1");
    await webSocket.nextText();
    (await running.clients.next()).connection.send(Uint8Array.of(1, 2, 3, 4));
    expect(await webSocket.nextText()).toBe("bAQIDBA==");
    webSocket.end();
  });

  it.each(["", "x", "9"])("is ended by the text %j", async (text) => {
    const running = await startEngine();
    const webSocket = await running.webSocket();
    webSocket.sendText(text);
    expect((await (await running.clients.next()).ended).reason).toBe("parse error");
    webSocket.end();
  });

  it("is ended by a ping of the client", async () => {
    const running = await startEngine();
    const webSocket = await running.webSocket();
    webSocket.sendText("2");
    expect(await (await running.clients.next()).ended).toEqual({
      reason: "transport error",
      message: "invalid heartbeat direction",
    });
    webSocket.end();
  });

  it("is ended by a close packet", async () => {
    const running = await startEngine();
    const webSocket = await running.webSocket();
    webSocket.sendText("1");
    expect((await (await running.clients.next()).ended).reason).toBe("transport close");
    webSocket.end();
  });

  it("ends with a close frame, after what was sent", async () => {
    const running = await startEngine();
    const webSocket = await running.webSocket();
    const { connection, ended } = await running.clients.next();
    await webSocket.nextText();
    connection.send("last");
    connection.close();
    expect(connection.readyState).toBe("closed");
    const [last, close] = await webSocket.frames.take(2);
    expect(last?.payload.toString()).toBe("4last");
    expect(close?.opcode).toBe(8);
    expect((await ended).reason).toBe("forced close");
    webSocket.end();
  });

  it("hands over what was sent in the same turn when it is closed at once", async () => {
    const running = await startEngine();
    const webSocket = await running.webSocket();
    const { connection } = await running.clients.next();
    await webSocket.nextText();
    connection.send("last");
    connection.close(true);
    const [last, close] = await webSocket.frames.take(2);
    expect(last?.payload.toString()).toBe("4last");
    expect(close?.opcode).toBe(8);
    webSocket.end();
  });

  it("ends as a closed transport when the client leaves, however it does", async () => {
    const running = await startEngine();
    const polite = await running.webSocket();
    polite.write(maskedFrame(0x88, Buffer.of(0x0f, 0xa0)));
    expect(await (await running.clients.next()).ended).toEqual({
      reason: "transport close",
      message: undefined,
    });
    const rude = await running.webSocket();
    rude.end();
    expect((await (await running.clients.next()).ended).reason).toBe("transport close");
    expect(running.engine.clientsCount).toBe(0);
  });
});

describe("hostile frames", () => {
  it("above the limit are answered with 1009 and end only their own connection", async () => {
    const running = await startEngine({ maxHttpBufferSize: 5, echo: true });
    const healthy = await running.webSocket();
    await running.clients.next();
    const hostile = await running.webSocket();
    const { ended } = await running.clients.next();
    await hostile.nextText();
    hostile.sendText("4€€");
    const close = await hostile.frames.next();
    expect([close.opcode, close.payload.readUInt16BE(0)]).toEqual([8, 1009]);
    expect((await ended).reason).toBe("transport error");
    await healthy.nextText();
    healthy.sendText("4€a");
    expect(await healthy.nextText()).toBe("4€a");
    healthy.end();
    hostile.end();
  });

  it.each([
    ["reserved bits", Buffer.of(0xc1, 0x80, 0, 0, 0, 0)],
    ["an unmasked frame", Buffer.of(0x81, 0x01, 0x34)],
    ["an unknown opcode", maskedFrame(0x83, "4a")],
    ["invalid UTF-8", maskedFrame(0x81, Buffer.of(0x34, 0xff))],
    ["a fragmented ping", maskedFrame(0x09, "a")],
    [
      "too many fragments",
      Buffer.concat([
        maskedFrame(0x01, "4"),
        ...Array.from({ length: 17_000 }, () => Buffer.of(0x00, 0x80, 0, 0, 0, 0)),
      ]),
    ],
  ])("with %s end only their own connection", async (_title, bytes) => {
    const running = await startEngine({ echo: true });
    const healthy = await running.webSocket();
    const hostile = await running.webSocket();
    await running.clients.next();
    const { ended } = await running.clients.next();
    hostile.write(bytes);
    expect((await ended).reason).toBe("transport error");
    hostile.end();
    await healthy.nextText();
    healthy.sendText("4alive");
    expect(await healthy.nextText()).toBe("4alive");
    healthy.end();
  });
});

describe("permessage-deflate", () => {
  it("is off unless asked for", async () => {
    const { WebSocket } = await import("ws");
    const running = await startEngine();
    const webSocket = new WebSocket(`ws://127.0.0.1:${running.port}/engine.io/?EIO=4&transport=websocket`);
    await new Promise((resolve) => webSocket.once("open", resolve));
    expect(webSocket.extensions).toBe("");
    webSocket.terminate();
  });

  it("carries every kind of message when it is on", async () => {
    const { WebSocket } = await import("ws");
    const running = await startEngine({ perMessageDeflate: { threshold: 0 }, echo: true });
    const webSocket = new WebSocket(`ws://127.0.0.1:${running.port}/engine.io/?EIO=4&transport=websocket`);
    const received: string[] = [];
    const complete = new Promise<void>((resolve) => {
      webSocket.on("message", (data: Buffer) => {
        received.push(data.toString());
        if (received.length === 5) resolve();
      });
    });
    await new Promise((resolve) => webSocket.once("open", resolve));
    expect(webSocket.extensions).toBe("permessage-deflate");
    const { connection } = await running.clients.next();
    const long = "x".repeat(5000);
    webSocket.send(`4${long}`);
    webSocket.send("4short");
    connection.send("plain", { compress: false });
    connection.send(new PreparedMessage("prepared"));
    await complete;
    expect(received.slice(1).toSorted()).toEqual(["4plain", "4prepared", "4short", `4${long}`].toSorted());
    webSocket.terminate();
  });
});

describe("a custom WebSocket engine", () => {
  it("is given the handshakes, and is written through its own send", async () => {
    const { WebSocketServer } = await import("ws");
    class Custom extends WebSocketServer {}
    const running = await startEngine({ wsEngine: Custom, echo: true });
    const webSocket = await running.webSocket();
    await webSocket.nextText();
    webSocket.sendText("4a");
    webSocket.sendBinary(Buffer.of(1));
    expect(await webSocket.nextText()).toBe("4a");
    expect((await webSocket.frames.next()).opcode).toBe(2);
    webSocket.end();
    expect((await (await running.clients.next()).ended).reason).toBe("transport close");
  });

  it("whose send takes no options is given its callback, and what is sent goes on", async () => {
    const { WebSocketServer } = await import("ws");
    const Inner = WebSocketServer;
    /** As little as an engine has to be: its `send` takes the data and a callback. */
    class Minimal {
      readonly #server = new Inner({ noServer: true });

      handleUpgrade: WebSocketEngineServer["handleUpgrade"] = (request, socket, head, opened) => {
        this.#server.handleUpgrade(request, socket, head, (webSocket) => {
          opened({
            on: webSocket.on.bind(webSocket) as LibraryWebSocket["on"],
            send: (data: string | Uint8Array, done: unknown) => webSocket.send(data, done as () => void),
            close: (code, reason) => webSocket.close(code, reason),
          });
        });
      };
    }
    const running = await startEngine({ wsEngine: Minimal, echo: true });
    const webSocket = await running.webSocket();
    await webSocket.nextText();
    for (const text of ["4a", "4b", "4c"]) {
      webSocket.sendText(text);
      expect(await webSocket.nextText()).toBe(text);
    }
    webSocket.end();
  });
});
