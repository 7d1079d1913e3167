import { describe, expect, it } from "vitest";
import { EngineError } from "../../errors.ts";
import { codecFor } from "./codec.ts";
import type { OutgoingPacket, PacketType } from "../packet.ts";
import { PreparedMessage } from "../prepared-message.ts";

const { packets } = codecFor(4);
const bytes = Uint8Array.of(1, 2, 3, 4);
const DIGITS: [PacketType, string][] = [
  ["open", "0"],
  ["close", "1"],
  ["ping", "2"],
  ["pong", "3"],
  ["message", "4"],
  ["upgrade", "5"],
  ["noop", "6"],
];

describe("a packet of revision 4 as text", () => {
  it.each(DIGITS)("of type %s starts with %s", (type, digit) => {
    expect(packets.encodeText({ type })).toBe(digit);
    expect(packets.encodeText({ type, data: "x€" })).toBe(`${digit}x€`);
    expect(packets.decodeText(digit)).toEqual({ type });
    expect(packets.decodeText(`${digit}x€`)).toEqual({ type, data: "x€" });
  });

  it("has no data when its text is empty", () => {
    expect(packets.encodeText({ type: "message", data: "" })).toBe("4");
    expect(packets.decodeText("4")).not.toHaveProperty("data");
  });

  it("holds bytes as b and padded base64", () => {
    expect(packets.encodeText({ type: "message", data: bytes })).toBe("bAQIDBA==");
    expect(packets.decodeText("bAQIDBA==")).toEqual({ type: "message", data: Buffer.from(bytes) });
  });

  it("holds no bytes as a bare b", () => {
    expect(packets.encodeText({ type: "message", data: new Uint8Array(0) })).toBe("b");
    expect(packets.decodeText("b")).toEqual({ type: "message", data: Buffer.alloc(0) });
  });

  it("encodes the window of a view, not its whole buffer", () => {
    const view = new Uint8Array(Uint8Array.of(9, 1, 2, 3, 4, 9).buffer, 1, 4);
    expect(packets.encodeText({ type: "message", data: view })).toBe("bAQIDBA==");
  });

  it("holds a prepared message like the message itself", () => {
    expect(packets.encodeText({ type: "message", data: new PreparedMessage("hi") })).toBe("4hi");
    expect(packets.encodeText({ type: "message", data: new PreparedMessage("") })).toBe("4");
    expect(packets.encodeText({ type: "message", data: new PreparedMessage(bytes) })).toBe("bAQIDBA==");
  });

  it.each(["", "7", "9x", "x", "-1", " 4", "\u001e", "constructor", "B", "/", ":"])(
    "is refused when it is %j",
    (text) => {
      expect(() => packets.decodeText(text)).toThrow(EngineError);
      expect(() => packets.decodeText(text)).toThrow(
        expect.objectContaining({ code: "PARSE_ERROR", side: "peer" }),
      );
    },
  );
});

describe("a packet of revision 4 on a WebSocket", () => {
  it("is text when it holds text, and the bytes alone when it holds bytes", () => {
    expect(packets.encodeForWebSocket({ type: "ping" }, false)).toBe("2");
    expect(packets.encodeForWebSocket({ type: "message", data: "hi" }, false)).toBe("4hi");
    expect(packets.encodeForWebSocket({ type: "message", data: bytes }, false)).toBe(bytes);
  });

  it("is base64 text when the peer takes no binary", () => {
    expect(packets.encodeForWebSocket({ type: "message", data: bytes }, true)).toBe("bAQIDBA==");
    expect(packets.encodeForWebSocket({ type: "message", data: new PreparedMessage(bytes) }, true)).toBe(
      "bAQIDBA==",
    );
  });

  it.each(["hi", bytes])("is the prepared message itself, so that its frame is shared", (data) => {
    const prepared = new PreparedMessage(data);
    expect(packets.encodeForWebSocket({ type: "message", data: prepared }, false)).toBe(prepared);
  });

  it("is a message when it arrives as bytes", () => {
    expect(packets.decodeBinary(bytes)).toEqual({ type: "message", data: Buffer.from(bytes) });
    expect(packets.decodeBinary(new Uint8Array(0))).toEqual({ type: "message", data: Buffer.alloc(0) });
  });

  it("gives its bytes as a Buffer over the same memory", () => {
    const buffer = Buffer.from(bytes);
    expect(packets.decodeBinary(buffer).data).toBe(buffer);
    const window = new Uint8Array(Uint8Array.of(9, 1, 2, 9).buffer, 1, 2);
    const { data } = packets.decodeBinary(window);
    window[0] = 7;
    expect(data).toEqual(Buffer.of(7, 2));
  });
});

it("encoding changes neither the packet nor its bytes", () => {
  const packet: OutgoingPacket = Object.freeze({ type: "message", data: bytes, compress: false });
  packets.encodeText(packet);
  packets.encodeForWebSocket(packet, false);
  expect([...bytes]).toEqual([1, 2, 3, 4]);
});
