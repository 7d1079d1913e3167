import { EngineError } from "../../errors.ts";
import { asBuffer } from "../bytes.ts";
import { GrowingBytes } from "../growing-bytes.ts";

// The framing of packets on a byte stream (engine-protocol, "WebTransport"): kind and length, then
// the payload.

/** Set in the first byte of a frame whose payload is binary. */
const BINARY_FLAG = 0x80;
/** The largest length in the first byte; the two values above it announce a longer length field. */
const SHORT_LIMIT = 125;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const LIMIT_16 = 0xff_ff;
const MAX_HEADER_BYTES = 9;

/** The content of one frame: a packet encoded as text, or the bytes of a binary message. */
export type StreamMessage = string | Uint8Array;

function headerSize(length: number): number {
  if (length <= SHORT_LIMIT) return 1;
  return length <= LIMIT_16 ? 3 : MAX_HEADER_BYTES;
}

function writeHeader(target: Buffer, at: number, length: number, flag: number): void {
  switch (headerSize(length)) {
    case 1:
      target[at] = flag | length;
      return;
    case 3:
      target[at] = flag | LENGTH_16;
      target.writeUInt16BE(length, at + 1);
      return;
    default:
      target[at] = flag | LENGTH_64;
      target.writeBigUInt64BE(BigInt(length), at + 1);
  }
}

/**
 * Encodes messages as consecutive frames in one buffer. No message may be empty: receivers treat
 * that as an error.
 */
export function encodeFrames(messages: readonly StreamMessage[]): Uint8Array {
  const lengths = messages.map((message) => Buffer.byteLength(message));
  const total = lengths.reduce((sum, length) => sum + headerSize(length) + length, 0);
  const frames = Buffer.allocUnsafe(total);
  let at = 0;
  for (const [index, message] of messages.entries()) {
    const length = lengths[index] ?? 0;
    const isText = typeof message === "string";
    writeHeader(frames, at, length, isText ? 0 : BINARY_FLAG);
    at += headerSize(length);
    if (isText) frames.write(message, at);
    else frames.set(message, at);
    at += length;
  }
  return frames;
}

/**
 * What the decoder expects next. Parts are only collected when a chunk ends inside a length or a
 * payload.
 */
type Expectation =
  | { readonly kind: "first-byte" }
  | { readonly kind: "length"; readonly binary: boolean; readonly size: 2 | 8; readonly field: GrowingBytes }
  | { readonly kind: "payload"; readonly binary: boolean; readonly size: number }
  | {
      readonly kind: "rest";
      readonly binary: boolean;
      readonly size: number;
      readonly payload: GrowingBytes;
    };

type LengthExpectation = Extract<Expectation, { kind: "length" }>;

type PayloadExpectation = Extract<Expectation, { kind: "payload" | "rest" }>;

const FIRST_BYTE: Expectation = { kind: "first-byte" };

function readLength(field: Buffer): number {
  return field.byteLength === 2 ? field.readUInt16BE(0) : Number(field.readBigUInt64BE(0));
}

/**
 * Reads frames from a stream, in chunks of any size.
 *
 * Contract:
 * - The result depends on the bytes alone, not on chunk boundaries. Time is linear in the bytes;
 * memory is proportional to the received part of the one incomplete frame, whatever length is
 * announced, and never above `maxPayload`.
 * - `decode` is lazy, and each of its results must be taken before the next chunk is passed. It
 * throws an `EngineError` with code `PARSE_ERROR` for a length of zero, above `maxPayload` or
 * beyond the safe integers, as soon as it is announced and after all frames before it. Nothing can
 * be decoded after that.
 * - Bytes in a result may be a view of the chunk. Invalid UTF-8 is replaced, not refused.
 */
export class StreamDecoder {
  readonly #maxPayload: number;
  #expected: Expectation = FIRST_BYTE;

  constructor(maxPayload: number) {
    this.#maxPayload = Math.min(maxPayload, Number.MAX_SAFE_INTEGER);
  }

  *decode(piece: Uint8Array): Generator<StreamMessage, void, undefined> {
    const bytes = asBuffer(piece);
    let at = 0;
    while (at < bytes.byteLength) {
      const part = bytes.subarray(at, at + this.#wanted);
      at += part.byteLength;
      const expected = this.#expected;
      switch (expected.kind) {
        case "first-byte":
          this.#onFirstByte(part.readUInt8(0));
          break;
        case "length":
          this.#onLength(expected, part);
          break;
        case "payload":
        case "rest": {
          const payload = this.#onPayload(expected, part);
          if (payload !== undefined) yield expected.binary ? payload : payload.toString();
        }
      }
    }
  }

  /** The number of bytes still missing for the expected item; never zero. */
  get #wanted(): number {
    const expected = this.#expected;
    switch (expected.kind) {
      case "first-byte":
        return 1;
      case "length":
        return expected.size - expected.field.length;
      case "payload":
        return expected.size;
      case "rest":
        return expected.size - expected.payload.length;
    }
  }

  #onFirstByte(byte: number): void {
    const binary = (byte & BINARY_FLAG) !== 0;
    const length = byte & ~BINARY_FLAG;
    if (length <= SHORT_LIMIT) this.#announce(binary, length);
    else this.#expectLength(binary, length === LENGTH_16 ? 2 : 8);
  }

  #expectLength(binary: boolean, size: 2 | 8): void {
    this.#expected = { kind: "length", binary, size, field: new GrowingBytes(size) };
  }

  #onLength({ binary, size, field }: LengthExpectation, part: Buffer): void {
    field.append(part);
    if (field.length === size) this.#announce(binary, readLength(field.bytes));
  }

  #announce(binary: boolean, size: number): void {
    if (size === 0) throw new EngineError("PARSE_ERROR");
    if (size > this.#maxPayload) {
      const cause = new EngineError("MESSAGE_TOO_LARGE");
      throw new EngineError("PARSE_ERROR", cause.message, { cause });
    }
    this.#expected = { kind: "payload", binary, size };
  }

  /** Returns the whole payload if this was its last part. A payload in one part is not copied. */
  #onPayload(expected: PayloadExpectation, part: Buffer): Buffer | undefined {
    const { binary, size } = expected;
    if (expected.kind === "payload" && part.byteLength === size) {
      this.#expected = FIRST_BYTE;
      return part;
    }
    const payload = expected.kind === "rest" ? expected.payload : new GrowingBytes(size);
    payload.append(part);
    const isWhole = payload.length === size;
    if (isWhole) this.#expected = FIRST_BYTE;
    else if (expected.kind === "payload") this.#expected = { kind: "rest", binary, size, payload };
    return isWhole ? payload.bytes : undefined;
  }
}
