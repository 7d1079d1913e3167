import { describe, expect, it } from "vitest";
import type { EngineError } from "../../../errors.ts";
import { type FrameListener, FrameReader } from "./frame-reader.ts";

const LIMIT = 1000;

class Found implements FrameListener {
  readonly all: unknown[] = [];

  onMessage(data: string | Buffer): void {
    this.all.push(typeof data === "string" ? data : Buffer.from(data));
  }

  onPing(payload: Buffer): void {
    this.all.push({ ping: payload.toString() });
  }

  onCloseFrame(code: number | undefined): void {
    this.all.push({ close: code });
  }

  onViolation(error: EngineError): void {
    this.all.push({ violation: error.code });
  }
}

/** A frame as a client sends it; `first` is the byte with the opcode. */
function frame(first: number, payload: string | Uint8Array, mask = [0x12, 0x9f, 0x00, 0xe7]): Buffer {
  const bytes = Buffer.from(typeof payload === "string" ? Buffer.from(payload) : payload);
  const length = Buffer.alloc(bytes.length < 126 ? 1 : bytes.length < 65_536 ? 3 : 9);
  length[0] = 0x80 | (bytes.length < 126 ? bytes.length : bytes.length < 65_536 ? 126 : 127);
  if (length.length === 3) length.writeUInt16BE(bytes.length, 1);
  if (length.length === 9) length.writeBigUInt64BE(BigInt(bytes.length), 1);
  const masked = bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([Uint8Array.of(first), length, Uint8Array.from(mask), masked]);
}

function read(chunks: readonly Uint8Array[], limit = LIMIT): unknown[] {
  const found = new Found();
  const reader = new FrameReader(found, limit);
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return found.all;
}

function bytewise(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

const close = (...payload: number[]) => frame(0x88, Uint8Array.from(payload));

describe("reading frames", () => {
  const long = "a".repeat(70_000);
  it.each([
    ["an empty text", frame(0x81, ""), [""]],
    ["a short text", frame(0x81, "hello"), ["hello"]],
    ["a text of other scripts", frame(0x81, "h€llo ✓ 𝄞"), ["h€llo ✓ 𝄞"]],
    ["a long text of other scripts", frame(0x81, "é".repeat(400)), ["é".repeat(400)]],
    ["a text whose length takes two bytes", frame(0x81, "b".repeat(126)), ["b".repeat(126)]],
    ["a text whose length takes eight bytes", frame(0x81, long), [long]],
    ["bytes", frame(0x82, Uint8Array.of(0, 255, 128)), [Buffer.from([0, 255, 128])]],
    ["a frame without a mask to speak of", frame(0x81, "zero", [0, 0, 0, 0]), ["zero"]],
    ["a ping", frame(0x89, "are you there"), [{ ping: "are you there" }]],
    ["a pong, which means nothing", frame(0x8a, "yes"), []],
    ["a close frame without a code", close(), [{ close: undefined }]],
    ["a close frame with a code", close(0x03, 0xe8), [{ close: 1000 }]],
    ["a close frame of an application", close(0x0f, 0xa0, 0x6f, 0x6b), [{ close: 4000 }]],
  ])("finds %s, in one piece and byte by byte", (_title, bytes, expected) => {
    expect(read([bytes], 100_000)).toEqual(expected);
    expect(read(bytewise(bytes), 100_000)).toEqual(expected);
  });

  it("finds many frames in one piece, and the rest of the last in the next", () => {
    const bytes = Buffer.concat([frame(0x81, "one"), frame(0x82, "two"), frame(0x81, "three")]);
    const expected = ["one", Buffer.from("two"), "three"];
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(expected);
    }
  });

  it("takes masks off at every offset in memory", () => {
    const text = "0123456789".repeat(30);
    for (let lead = 0; lead < 8; lead++) {
      expect(read([Buffer.concat([frame(0x82, "x".repeat(lead)), frame(0x81, text)])])[1]).toBe(text);
    }
  });

  it("joins fragments, with control frames between them", () => {
    const bytes = [frame(0x01, "h€".slice(0, 1)), frame(0x89, "?"), frame(0x00, ""), frame(0x80, "€!")];
    expect(read(bytes)).toEqual([{ ping: "?" }, "h€!"]);
  });

  it("joins a character that was cut in two", () => {
    const euro = Buffer.from("€");
    expect(read([frame(0x01, euro.subarray(0, 1)), frame(0x80, euro.subarray(1))])).toEqual(["€"]);
  });

  it("takes a message of exactly the limit, also in fragments", () => {
    expect(read([frame(0x81, "x".repeat(LIMIT))])).toEqual(["x".repeat(LIMIT)]);
    expect(read([frame(0x01, "x".repeat(LIMIT - 1)), frame(0x80, "x")])).toEqual(["x".repeat(LIMIT)]);
  });

  it("gives out bytes that later input does not change", () => {
    const found = new Found();
    const kept: (string | Buffer)[] = [];
    found.onMessage = (data) => kept.push(data);
    const reader = new FrameReader(found, LIMIT);
    const first = frame(0x82, "first");
    reader.push(Buffer.from(first.subarray(0, 4)));
    reader.push(Buffer.concat([first.subarray(4), frame(0x82, "second")]));
    reader.push(frame(0x82, "third"));
    expect(kept.map(String)).toEqual(["first", "second", "third"]);
  });

  it("goes on behind a frame whose listener threw", () => {
    const found = new Found();
    const reader = new FrameReader(found, LIMIT);
    const { onMessage } = found;
    found.onMessage = () => {
      found.onMessage = onMessage;
      throw new Error("of the application");
    };
    expect(() => reader.push(Buffer.concat([frame(0x81, "one"), frame(0x81, "two")]))).toThrow(
      "of the application",
    );
    reader.push(frame(0x81, "three"));
    expect(found.all).toEqual(["two", "three"]);
  });
});

describe("violations", () => {
  const many = Array.from({ length: 16_385 }, (_, index) => frame(index === 0 ? 0x01 : 0x00, ""));
  it.each([
    ["the first reserved bit", "INVALID_FRAME", [frame(0xc1, "x")]],
    ["the second reserved bit", "INVALID_FRAME", [frame(0xa1, "x")]],
    ["the third reserved bit", "INVALID_FRAME", [frame(0x91, "x")]],
    ["an unknown data opcode", "INVALID_FRAME", [frame(0x83, "x")]],
    ["an unknown control opcode", "INVALID_FRAME", [frame(0x8b, "x")]],
    ["a frame without a mask", "INVALID_FRAME", [Buffer.from([0x81, 0x01, 0x78])]],
    ["a fragmented ping", "INVALID_FRAME", [frame(0x09, "x")]],
    ["a long ping", "INVALID_FRAME", [frame(0x89, "x".repeat(126))]],
    ["a continuation of nothing", "INVALID_FRAME", [frame(0x80, "x")]],
    ["a message inside another", "INVALID_FRAME", [frame(0x01, "x"), frame(0x81, "y")]],
    ["a message after an empty fragment", "INVALID_FRAME", [frame(0x01, ""), frame(0x81, "y")]],
    ["a close frame with half a code", "INVALID_FRAME", [close(3)]],
    ["a close code that no one may send", "INVALID_FRAME", [close(0x03, 0xed)]],
    ["a close code of nobody", "INVALID_FRAME", [close(0x07, 0xd0)]],
    ["a close reason that is no text", "INVALID_TEXT", [close(0x03, 0xe8, 0xff)]],
    ["a short text that is none", "INVALID_TEXT", [frame(0x81, Uint8Array.of(0x61, 0xc3))]],
    ["a long text that is none", "INVALID_TEXT", [frame(0x81, Buffer.alloc(500, 0xe2))]],
    ["a surrogate in UTF-8", "INVALID_TEXT", [frame(0x81, Uint8Array.of(0xed, 0xa0, 0x80))]],
    ["a message above the limit", "MESSAGE_TOO_LARGE", [frame(0x82, Buffer.alloc(LIMIT + 1))]],
    ["only the header of one", "MESSAGE_TOO_LARGE", [frame(0x82, Buffer.alloc(LIMIT + 1)).subarray(0, 8)]],
    ["one of exabytes", "MESSAGE_TOO_LARGE", [Buffer.from([0x82, 0xff, ...Array<number>(12).fill(0xff)])]],
    ["fragments above the limit", "MESSAGE_TOO_LARGE", [frame(2, Buffer.alloc(LIMIT)), frame(0, "x")]],
    ["too many fragments", "TOO_MANY_FRAGMENTS", many],
  ])("%s end the stream as %s, and nothing behind is read", (_title, violation, bytes) => {
    const all = Buffer.concat([frame(0x81, "before"), ...bytes, frame(0x81, "behind")]);
    expect(read([all])).toEqual(["before", { violation }]);
    expect(read([all.subarray(0, 3), all.subarray(3), frame(0x81, "later")])).toEqual([
      "before",
      { violation },
    ]);
  });

  it("reads nothing behind a close frame", () => {
    expect(read([Buffer.concat([close(), frame(0x81, "x"), Uint8Array.of(0xff)])])).toEqual([
      { close: undefined },
    ]);
  });
});
