import { describe, expect, it } from "vitest";
import { codecFor } from "../codec.ts";
import { PreparedMessage } from "../../prepared-message.ts";

const { packets } = codecFor(3);
const bytes = Uint8Array.of(1, 2, 3);
const typed = Buffer.of(4, 1, 2, 3);

describe("a packet of revision 3", () => {
  it("is a digit and its text", () => {
    expect(packets.encodeText({ type: "message", data: "4€" })).toBe("44€");
    expect(packets.encodeForWebSocket({ type: "pong", data: "probe" }, false)).toBe("3probe");
    expect(packets.decodeText("2probe")).toEqual({ type: "ping", data: "probe" });
  });

  it("holds bytes as b4 and base64 where only text goes", () => {
    expect(packets.encodeText({ type: "message", data: bytes })).toBe("b4AQID");
    expect(packets.encodeForWebSocket({ type: "message", data: bytes }, true)).toBe("b4AQID");
    expect(packets.encodeText({ type: "message", data: new PreparedMessage(bytes) })).toBe("b4AQID");
    expect(packets.decodeText("b4AQID")).toEqual({ type: "message", data: Buffer.from(bytes) });
  });

  it("holds bytes after a type byte on a WebSocket", () => {
    expect(packets.encodeForWebSocket({ type: "message", data: bytes }, false)).toEqual(typed);
    expect(packets.decodeBinary(typed)).toEqual({ type: "message", data: Buffer.from(bytes) });
    expect(packets.decodeBinary(Uint8Array.of(4))).toEqual({ type: "message", data: Buffer.alloc(0) });
  });

  it("shares the legacy form of prepared bytes, and the frame of a prepared text", () => {
    const binary = new PreparedMessage(bytes);
    expect(packets.encodeForWebSocket({ type: "message", data: binary }, false)).toBe(binary.legacyBytes);
    expect(packets.encodeForWebSocket({ type: "message", data: binary }, true)).toBe("b4AQID");
    const text = new PreparedMessage("hi");
    expect(packets.encodeForWebSocket({ type: "message", data: text }, false)).toBe(text);
    expect(packets.encodeForWebSocket({ type: "message", data: text }, true)).toBe(text);
  });

  it.each(["", "7", "b", "b2AQID", "bAQID", "x4"])("is refused when it is the text %j", (text) => {
    expect(() => packets.decodeText(text)).toThrow(expect.objectContaining({ code: "PARSE_ERROR" }));
  });

  it.each([[[]], [[0]], [[2, 1]], [[0x34, 1]], [[255]]])("is refused when it is the bytes %j", (content) => {
    const input = Uint8Array.from(content);
    expect(() => packets.decodeBinary(input)).toThrow(expect.objectContaining({ code: "PARSE_ERROR" }));
  });
});
