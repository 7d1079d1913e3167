import { describe, expect, it } from "vitest";
import { encodeFrames, StreamDecoder, type StreamMessage } from "./stream-codec.ts";

const MAX = 100_000;

function decode(pieces: readonly Uint8Array[], maxPayload = MAX): StreamMessage[] {
  const decoder = new StreamDecoder(maxPayload);
  return pieces.flatMap((piece) => Array.from(decoder.decode(piece)));
}

/** What one piece gives before its error. */
function decodeUntilError(piece: Uint8Array, maxPayload = MAX): { read: StreamMessage[]; error: unknown } {
  const read: StreamMessage[] = [];
  try {
    for (const message of new StreamDecoder(maxPayload).decode(piece)) read.push(message);
  } catch (error) {
    return { read, error };
  }
  return { read, error: undefined };
}

function longLength(length: bigint): Uint8Array {
  const header = Buffer.alloc(9);
  header[0] = 127;
  header.writeBigUInt64BE(length, 1);
  return header;
}

const PARSE_ERROR = { code: "PARSE_ERROR" };

describe("frames on a stream", () => {
  it("are a length and the text", () => {
    expect([...encodeFrames(["4hello"])]).toEqual([0x06, 0x34, 0x68, 0x65, 0x6c, 0x6c, 0x6f]);
  });

  it("count bytes, not characters", () => {
    expect([...encodeFrames(["4€"])]).toEqual([4, 0x34, 0xe2, 0x82, 0xac]);
  });

  it("mark binary in the first bit", () => {
    expect([...encodeFrames([Uint8Array.of(1, 2, 3)])]).toEqual([0x83, 1, 2, 3]);
  });

  it.each([
    [1, [0x01]],
    [125, [0x7d]],
    [126, [0x7e, 0x00, 0x7e]],
    [65_535, [0x7e, 0xff, 0xff]],
    [65_536, [0x7f, 0, 0, 0, 0, 0, 1, 0, 0]],
  ])("carry %d bytes behind a header of their class", (length, header) => {
    const text = encodeFrames(["x".repeat(length)]);
    expect([...text.subarray(0, header.length)]).toEqual(header);
    expect(text).toHaveLength(header.length + length);
    const [first = 0, ...others] = header;
    const binary = encodeFrames([new Uint8Array(length)]);
    expect([...binary.subarray(0, header.length)]).toEqual([first | 0x80, ...others]);
  });

  it("follow each other in one piece", () => {
    expect([...encodeFrames(["2", Uint8Array.of(9), "3"])]).toEqual([1, 0x32, 0x81, 9, 1, 0x33]);
    expect(decode([encodeFrames(["2", Uint8Array.of(9), "3"])])).toEqual(["2", Buffer.from([9]), "3"]);
  });
});

describe("a decoder of frames", () => {
  it("waits for what is missing, in the header too", () => {
    const frame = encodeFrames(["x".repeat(300)]);
    const decoder = new StreamDecoder(MAX);
    for (const byte of frame.subarray(0, -1)) expect([...decoder.decode(Uint8Array.of(byte))]).toEqual([]);
    expect([...decoder.decode(frame.subarray(-1))]).toEqual(["x".repeat(300)]);
  });

  it("accepts a header that is longer than needed", () => {
    expect(decode([Uint8Array.of(126, 0, 1, 0x32)])).toEqual(["2"]);
    expect(decode([Buffer.concat([longLength(1n), Uint8Array.of(0x32)])])).toEqual(["2"]);
  });

  it.each([
    ["an empty text", Uint8Array.of(0)],
    ["an empty binary message", Uint8Array.of(0x80)],
    ["a length of zero in 16 bits", Uint8Array.of(126, 0, 0)],
    ["a length of zero in 64 bits", longLength(0n)],
    ["a length above the limit", Uint8Array.of(126, 0xff, 0xff)],
    ["a length beyond 32 bits", longLength(2n ** 32n + 1n)],
    ["a length beyond the safe integers", longLength(2n ** 53n)],
    ["the largest length", longLength(2n ** 64n - 1n)],
  ])("refuses %s once it is announced, after what came before", (_title, header) => {
    const { read, error } = decodeUntilError(Buffer.concat([encodeFrames(["4a"]), header]), 1000);
    expect(read).toEqual(["4a"]);
    expect(error).toMatchObject(PARSE_ERROR);
  });

  it("refuses lengths beyond the safe integers also without a limit", () => {
    expect(decodeUntilError(longLength(2n ** 53n), Infinity).error).toMatchObject(PARSE_ERROR);
    expect(decodeUntilError(longLength(2n ** 53n - 1n), Infinity).error).toBeUndefined();
  });

  it("takes exactly the limit", () => {
    expect(decode([encodeFrames(["x".repeat(1000)])], 1000)).toEqual(["x".repeat(1000)]);
    expect(decodeUntilError(encodeFrames(["x".repeat(1001)]), 1000).error).toMatchObject(PARSE_ERROR);
  });

  it("reserves no room for what is only announced", () => {
    const before = process.memoryUsage().arrayBuffers;
    const decoders = Array.from({ length: 200 }, () => new StreamDecoder(10_000_000));
    for (const decoder of decoders) {
      expect([...decoder.decode(Buffer.concat([longLength(10_000_000n), Uint8Array.of(1)]))]).toEqual([]);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  it("does not copy binary that came in one piece", () => {
    const piece = encodeFrames([Uint8Array.of(1, 2, 3)]);
    const [message] = decode([piece]);
    expect((message as Uint8Array).buffer).toBe(piece.buffer);
  });

  it("keeps nothing of a piece that it gathers from", () => {
    const frame = encodeFrames([Uint8Array.of(1, 2, 3, 4)]);
    const decoder = new StreamDecoder(MAX);
    const head = Uint8Array.from(frame.subarray(0, 3));
    expect([...decoder.decode(head)]).toEqual([]);
    head.fill(0xff);
    expect([...decoder.decode(frame.subarray(3))]).toEqual([Buffer.from([1, 2, 3, 4])]);
  });
});
