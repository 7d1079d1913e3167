import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { PreparedMessage } from "./prepared-message.ts";

/** What a WebSocket client makes of a frame that is written to its connection as it is. */
async function received(frame: Uint8Array): Promise<{ data: Buffer; isBinary: boolean }> {
  const server = createServer();
  server.on("upgrade", ({ headers }, socket) => {
    const accept = createHash("sha1")
      .update(`${headers["sec-websocket-key"] ?? ""}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.end(frame);
  });
  await once(server.listen(0), "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  try {
    const message = await new Promise<{ data: Buffer; isBinary: boolean }>((resolve, reject) => {
      client.on("message", (data, isBinary) => {
        if (Buffer.isBuffer(data)) resolve({ data, isBinary });
      });
      client.on("error", reject);
      client.on("close", () => reject(new Error("no message")));
    });
    return message;
  } finally {
    client.terminate();
    server.close();
  }
}

describe("a prepared text", () => {
  it("is its packet on a WebSocket", () => {
    expect(new PreparedMessage("hi").wireMessage).toBe("4hi");
  });

  it("has no binary forms", () => {
    const message = new PreparedMessage("hi");
    expect([message.base64, message.legacyBytes.byteLength]).toEqual(["", 0]);
  });

  it("counts the bytes of its frame, not its characters", () => {
    expect(new PreparedMessage("€").webSocketFrame).toEqual(Buffer.from("810434e282ac", "hex"));
  });
});

describe("prepared bytes", () => {
  const view = new Uint8Array(Uint8Array.of(9, 1, 2, 3, 9).buffer, 1, 3);

  it("are themselves on a WebSocket", () => {
    expect(new PreparedMessage(view).wireMessage).toEqual(Buffer.of(1, 2, 3));
    expect(new PreparedMessage(view).webSocketFrame).toEqual(Buffer.of(0x82, 3, 1, 2, 3));
  });

  it("are those of the moment when the message was made", () => {
    const reused = Buffer.of(1, 2, 3);
    const message = new PreparedMessage(reused);
    reused.fill(9);
    expect(message.webSocketFrame).toEqual(Buffer.of(0x82, 3, 1, 2, 3));
    expect([message.wireMessage, message.legacyBytes]).toEqual([Buffer.of(1, 2, 3), Buffer.of(4, 1, 2, 3)]);
    expect(message.base64).toBe("AQID");
  });

  it("respect the window of a view in every form", () => {
    const message = new PreparedMessage(view);
    expect(message.base64).toBe("AQID");
    expect(message.legacyBytes).toEqual(Buffer.of(4, 1, 2, 3));
  });

  it("may be empty", () => {
    const message = new PreparedMessage(new Uint8Array(0));
    expect(message.webSocketFrame).toEqual(Buffer.of(0x82, 0));
    expect(message.base64).toBe("");
    expect(message.legacyBytes).toEqual(Buffer.of(4));
  });
});

it("a form is built once and shared", () => {
  const message = new PreparedMessage(Uint8Array.of(1));
  expect(message.webSocketFrame).toBe(message.webSocketFrame);
  expect(message.legacyBytes).toBe(message.legacyBytes);
});

it.each([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])(
  "a frame around %i bytes is understood",
  async (size) => {
    const bytes = Buffer.alloc(size, 7);
    const binary = await received(new PreparedMessage(bytes).webSocketFrame);
    expect([binary.isBinary, binary.data.equals(bytes)]).toEqual([true, true]);
    const text = await received(new PreparedMessage("x".repeat(size)).webSocketFrame);
    expect([text.isBinary, text.data.toString()]).toEqual([false, `4${"x".repeat(size)}`]);
  },
);
