import { expect, it } from "vitest";
import { codecFor } from "./codec.ts";
import { decodeJsonpBody, encodeJsonp, jsonpCodec } from "./jsonp.ts";

it("a JSONP answer calls the client's function with the payload as a literal", () => {
  expect(encodeJsonp("0", '4["a"]')).toBe('___eio[0]("4[\\"a\\"]");');
});

it("only digits of the index reach the script", () => {
  expect(encodeJsonp("1);alert(2", "6")).toBe('___eio[12]("6");');
});

it("line separators that end a script's line are escaped", () => {
  expect(encodeJsonp("0", "4\u2028\u2029")).toBe('___eio[0]("4\\u2028\\u2029");');
});

it("a JSONP body is form-encoded", () => {
  expect(decodeJsonpBody("d=2%3A4%E2%82%AC+x")).toBe("2:4€ x");
  expect(decodeJsonpBody("x=1&d=4a")).toBe("4a");
});

it("an escaped newline is a newline, and a doubly escaped one stays escaped", () => {
  expect(decodeJsonpBody(`d=${encodeURIComponent(String.raw`4a\nb`)}`)).toBe("4a\nb");
  expect(decodeJsonpBody(`d=${encodeURIComponent(String.raw`4a\\nb`)}`)).toBe(String.raw`4a\nb`);
});

it("a body without payload is told from an empty one", () => {
  expect(decodeJsonpBody("x=1")).toBeUndefined();
  expect(decodeJsonpBody("")).toBeUndefined();
  expect(decodeJsonpBody("d=")).toBe("");
});

it("the first field of that name is the payload, however it is written, and others are no part of it", () => {
  expect(decodeJsonpBody("dd=1&%64=2&d=3")).toBe("2");
  expect(decodeJsonpBody("a&d&b")).toBe("");
  expect(decodeJsonpBody("a=d=1&D=2")).toBeUndefined();
  expect(decodeJsonpBody("xd=1&d=2&")).toBe("2");
});

it("a body of nothing but tiny fields costs no more than its bytes", () => {
  const body = "a&".repeat(500_000);
  const before = process.memoryUsage().heapUsed;
  expect(decodeJsonpBody(body)).toBeUndefined();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(3 * body.length);
});

it("malformed escapes of the form never throw", () => {
  expect(decodeJsonpBody("d=%E0%A4%A&%")).toBeTypeOf("string");
});

it("the codec writes scripts, binary in base64 even where the revision has binary bodies", () => {
  const { payloads } = jsonpCodec(codecFor(3), "2");
  const batch = [{ type: "message", data: Uint8Array.of(1, 2, 3, 4) } as const];
  expect(payloads.encode(batch, false)).toBe('___eio[2]("10:b4AQIDBA==");');
  expect(payloads.decodeBinary).toBeUndefined();
});

it("the codec reads forms, and nothing from one without payload", () => {
  const { payloads } = jsonpCodec(codecFor(4), "0");
  expect([...payloads.decodeText("d=4a")]).toEqual([{ type: "message", data: "a" }]);
  expect([...payloads.decodeText("x=1")]).toEqual([]);
  expect(() => [...payloads.decodeText("d=")]).toThrow(expect.objectContaining({ code: "PARSE_ERROR" }));
});
