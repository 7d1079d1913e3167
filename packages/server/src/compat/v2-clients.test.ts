import { PacketType } from "@skein/parser";
import { describe, expect, test } from "vitest";
import { legacyRefusal, legacySocketId, normaliseV4Packet } from "./v2-clients.ts";

describe("a client of revision 3", () => {
  test("tells of itself in the query of the namespace", () => {
    const packet = normaliseV4Packet({ type: PacketType.CONNECT, nsp: "/foo?a=1&b=2&a=3" });
    expect(packet).toEqual({ type: PacketType.CONNECT, nsp: "/foo", data: { a: "3", b: "2" } });
  });

  test("can't reach a prototype by its query", () => {
    const { data } = normaliseV4Packet({ type: PacketType.CONNECT, nsp: "/foo?__proto__=x" });
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect(Object.keys(data as object)).toEqual(["__proto__"]);
  });

  test("may carry the query in every packet", () => {
    const event = { type: PacketType.EVENT, nsp: "/foo?a=1", data: ["x"] };
    expect(normaliseV4Packet(event)).toEqual({ ...event, nsp: "/foo" });
  });

  test("knows its sockets by the id of the connection", () => {
    expect(legacySocketId("/", "abc")).toBe("abc");
    expect(legacySocketId("/foo", "abc")).toBe("/foo#abc");
  });

  test("is refused with the data, or else the message", () => {
    expect(legacyRefusal({ message: "no", data: { a: 1 } })).toEqual({ a: 1 });
    expect(legacyRefusal({ message: "no" })).toBe("no");
  });
});
