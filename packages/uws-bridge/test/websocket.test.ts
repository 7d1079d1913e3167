import { PreparedMessage } from "@skein/engine";
import { describe, expect, it } from "vitest";
import { RawClient, upgradeRequest, WebSocketClient } from "./clients.ts";
import { Acceptor, type OpenPort, PATH, Recorder, serve, type Settings } from "./support.ts";

async function connect(settings?: Settings): Promise<OpenPort & { client: WebSocketClient }> {
  const acceptor = new Acceptor();
  const { port } = await serve(acceptor, settings);
  const client = await WebSocketClient.open(port);
  return { client, ...(await acceptor.next()) };
}

describe("a port sends", () => {
  it("strings as text, bytes as binary, and prepared messages in their WebSocket form", async () => {
    const { port, client } = await connect();
    const bytes = Buffer.from("xbytesx").subarray(1, 6);
    const messages = [
      "text ✓",
      bytes,
      new PreparedMessage("event"),
      new PreparedMessage(Uint8Array.of(1, 2)),
    ];
    expect(port.send(messages, false)).toBe(true);
    expect(await client.received(4)).toEqual(["text ✓", Buffer.from("bytes"), "4event", Buffer.from([1, 2])]);
  });

  it("empty messages too", async () => {
    const { port, client } = await connect();
    port.send(["", new Uint8Array(0)], false);
    expect(await client.received(2)).toEqual(["", Buffer.alloc(0)]);
  });

  it("large batches in order", async () => {
    const { port, client } = await connect();
    const messages = Array.from({ length: 50 }, (_, index) => `${index}:${"x".repeat(5000)}`);
    port.send(messages, false);
    expect(await client.received(50)).toEqual(messages);
  });

  it.each([
    ["a long message", 2000, 1, true, 0xc1],
    ["a long message, but not if it is told not to", 2000, 1, false, 0x81],
    ["a message as long as the threshold", 1024, 1, true, 0xc1],
    ["no short message", 1023, 1, true, 0x81],
    ["nothing unless the host was set up for it", 2000, 0, true, 0x81],
  ])("compressed %s", async (_what, length, compression, compress, firstByte) => {
    const acceptor = new Acceptor();
    const { port } = await serve(acceptor, { host: { compression } });
    const client = new RawClient(port);
    await client.write(upgradeRequest(PATH, { "Sec-WebSocket-Extensions": "permessage-deflate" }));
    const open = await acceptor.next();
    const head = await client.until((text) => text.endsWith("\r\n\r\n"));
    open.port.send(["x".repeat(length)], compress);
    const received = await client.until((text) => text.length > head.length);
    expect(received.charCodeAt(head.length)).toBe(firstByte);
  });
});

describe("a port receives", () => {
  it("text as strings and binary as bytes", async () => {
    const { recorder, client } = await connect();
    client.ws.send("text ✓");
    client.ws.send(Buffer.from([1, 2, 3]));
    await recorder.until("message", 2);
    expect(recorder.messages).toEqual(["text ✓", Buffer.from([1, 2, 3])]);
  });

  it("bytes that may be kept: they are a copy", async () => {
    const { recorder, client } = await connect();
    for (let count = 0; count < 20; count += 1) client.ws.send(Buffer.alloc(100, count));
    await recorder.until("message", 20);
    await new Promise((resolve) => setImmediate(resolve));
    expect(recorder.messages).toEqual(Array.from({ length: 20 }, (_, count) => Buffer.alloc(100, count)));
  });

  it("messages of exactly the largest payload, and breaks with an error above", async () => {
    const { recorder, client } = await connect();
    client.ws.send("x".repeat(1000));
    client.ws.send("x".repeat(1001));
    expect(await recorder.closed).toMatchObject({
      code: "WEBSOCKET_ERROR",
      message: "Received too big message",
    });
    expect(recorder.heard).toEqual(["message", "close"]);
    expect((await client.closed).code).toBe(1006);
  });

  it("no text that isn't UTF-8: it breaks with an error", async () => {
    const acceptor = new Acceptor();
    const { port } = await serve(acceptor);
    const client = new RawClient(port);
    await client.write(upgradeRequest());
    const { recorder } = await acceptor.next();
    await client.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]));
    expect(await recorder.closed).toMatchObject({ code: "WEBSOCKET_ERROR" });
  });
});

describe("a port closes", () => {
  it("after what was sent, without a status unless it is told one", async () => {
    const { port, recorder, client } = await connect();
    port.send(["last"], false);
    port.close();
    expect((await client.closed).code).toBe(1005);
    expect(client.messages).toEqual(["last"]);
    expect(await recorder.closed).toBeUndefined();
  });

  it("with a status and a reason", async () => {
    const { port, client } = await connect();
    port.close(4001, "why");
    expect(await client.closed).toEqual({ code: 4001, reason: "why" });
  });

  it("with a status alone", async () => {
    const { port, client } = await connect();
    port.close(1001);
    expect(await client.closed).toEqual({ code: 1001, reason: "" });
  });

  it("without calling its listener before close has returned", async () => {
    const { port, recorder } = await connect();
    port.close();
    expect(recorder.heard).toEqual([]);
    await recorder.closed;
    expect(recorder.heard).toEqual(["close"]);
  });

  it("once: every call afterwards does nothing", async () => {
    const { port, recorder, client } = await connect();
    port.close();
    await recorder.closed;
    port.close(4000);
    port.terminate();
    expect(port.send(["late"], true)).toBe(false);
    expect(port.send(["late", "later"], true)).toBe(false);
    expect(port.bufferedAmount).toBe(0);
    await client.closed;
    expect(recorder.heard).toEqual(["close"]);
    expect(client.messages).toEqual([]);
  });

  it("when the peer closes, whatever its code, without an error", async () => {
    const { recorder, client } = await connect();
    client.ws.close(4000, "bye");
    expect(await recorder.closed).toBeUndefined();
  });

  it("when the peer ends the connection without a close frame", async () => {
    const { recorder, client } = await connect();
    client.ws.terminate();
    expect(await recorder.closed).toBeUndefined();
  });

  it("in silence when it is terminated, also after a close", async () => {
    const { port, recorder, client } = await connect();
    port.close();
    port.terminate();
    await client.closed;
    expect(recorder.heard).toEqual([]);
  });

  it("by dropping the connection when it is terminated", async () => {
    const { port, recorder, client } = await connect();
    port.terminate();
    expect((await client.closed).code).toBe(1006);
    expect(recorder.heard).toEqual([]);
  });

  it("and tells a listener that closed it while it was opened", async () => {
    const recorder = new Recorder();
    const { port } = await serve({
      onUpgrade: (exchange) =>
        exchange.accept({}, (open) => {
          open.close(4002);
          return recorder;
        }),
    });
    const client = await WebSocketClient.open(port);
    expect((await client.closed).code).toBe(4002);
    expect(await recorder.closed).toBeUndefined();
  });
});
