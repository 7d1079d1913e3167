import * as fc from "fast-check";
import { expect, it } from "vitest";
import { EngineError } from "../../errors.ts";
import { RUNS, TIMEOUT } from "../fuzz.fixtures.ts";
import { encodeFrames, StreamDecoder, type StreamMessage } from "./stream-codec.ts";

const MAX = 200_000;

const length = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 40 }) },
  { weight: 2, arbitrary: fc.integer({ min: 120, max: 130 }) },
  { weight: 1, arbitrary: fc.integer({ min: 65_530, max: 65_540 }) },
);
const message: fc.Arbitrary<StreamMessage> = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
  fc.tuple(length, fc.nat(255)).map(([size, fill]) => Buffer.alloc(size, fill)),
  length.map((size) => "4€".repeat(size).slice(0, size)),
);
const messages = fc.array(message, { maxLength: 6 });
const cuts = fc.array(fc.nat(), { maxLength: 12 });

/** A message in a form that is quick to compare. */
function plain(one: StreamMessage): string {
  return typeof one === "string" ? `text ${one}` : `binary ${Buffer.from(one).toString("base64")}`;
}

/** Returns the messages decoded from the chunks, and whether decoding ended in a `PARSE_ERROR`. */
function decode(pieces: readonly Uint8Array[], maxPayload = MAX): { read: string[]; failed: boolean } {
  const decoder = new StreamDecoder(maxPayload);
  const read: string[] = [];
  try {
    for (const piece of pieces) for (const found of decoder.decode(piece)) read.push(plain(found));
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "PARSE_ERROR") throw error;
    return { read, failed: true };
  }
  return { read, failed: false };
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [0, ...at.map((place) => place % (bytes.byteLength + 1)), bytes.byteLength];
  const sorted = places.toSorted((a, b) => a - b);
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

it(
  "reads back every message, wherever the stream is cut",
  () => {
    const law = fc.property(messages, cuts, (sent, at) => {
      const { read, failed } = decode(cut(encodeFrames(sent), at));
      expect(failed).toBe(false);
      expect(read).toEqual(sent.map(plain));
    });
    fc.assert(law, { numRuns: RUNS });
  },
  TIMEOUT,
);

it(
  "reads the same whether bytes come as a whole, one by one, or in two pieces cut anywhere",
  () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(fc.constantFrom(0, 1, 2, 3, 0x34, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff), { maxLength: 40 }),
    );
    const law = fc.property(hostile, fc.constantFrom(1, 50, 300, 2 ** 40, Infinity), (input, max) => {
      const bytes = Uint8Array.from(input);
      const whole = decode([bytes], max);
      expect(
        decode(
          Array.from(bytes, (byte) => Uint8Array.of(byte)),
          max,
        ),
      ).toEqual(whole);
      for (let at = 0; at <= bytes.byteLength; at += 1) expect(decode(cut(bytes, [at]), max)).toEqual(whole);
    });
    fc.assert(law, { numRuns: RUNS });
  },
  TIMEOUT,
);

it(
  "answers frames that were changed on the way with messages or a parse error",
  () => {
    const change = fc.record({ at: fc.nat(), remove: fc.nat(3), insert: fc.uint8Array({ maxLength: 3 }) });
    const law = fc.property(messages, change, cuts, (sent, { at, remove, insert }, places) => {
      const bytes = encodeFrames(sent);
      const start = at % (bytes.byteLength + 1);
      const mutant = Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + remove)]);
      const whole = decode([mutant]);
      expect(decode(cut(mutant, places))).toEqual(whole);
      expect(whole.read.length).toBeLessThanOrEqual(mutant.byteLength);
    });
    fc.assert(law, { numRuns: RUNS });
  },
  TIMEOUT,
);
