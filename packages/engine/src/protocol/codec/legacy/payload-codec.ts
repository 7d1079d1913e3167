import { EngineError } from "../../../errors.ts";
import { asBuffer } from "../../bytes.ts";
import type { OutgoingPacket, ReceivedPacket } from "../../packet.ts";
import { decodeBinary, decodeText, encodeBytes, encodeText, isBinary } from "./packet-codec.ts";

// Revision 3 (engine-protocol, "EIO=3"): every packet has a length prefix. The contracts are in
// PayloadCodec.

const ZERO = 48;
const COLON = 58;
const TEXT = 0;
const BINARY = 1;
const END_OF_LENGTH = 0xff;
const EMPTY = "0:";

export function encodePayload(batch: readonly OutgoingPacket[], base64: boolean): string | Uint8Array {
  if (batch.length === 0) return EMPTY;
  if (!base64 && batch.some(isBinary)) return Buffer.concat(batch.flatMap(binaryItem));
  return batch.map(textItem).join("");
}

function textItem(packet: OutgoingPacket): string {
  const text = encodeText(packet);
  return `${text.length}:${text}`;
}

function binaryItem(packet: OutgoingPacket): Uint8Array[] {
  const bytes = encodeBytes(packet);
  const content = bytes ?? Buffer.from(encodeText(packet));
  const digits = Array.from(String(content.byteLength), Number);
  return [Uint8Array.of(bytes === undefined ? TEXT : BINARY, ...digits, END_OF_LENGTH), content];
}

export function* decodeTextPayload(body: string): Generator<ReceivedPacket, void, undefined> {
  if (body === "") throw new EngineError("PARSE_ERROR");
  let position = 0;
  while (position < body.length) {
    const reader = new LengthReader(body.length);
    for (; body.charCodeAt(position) !== COLON; position++) reader.push(body.charCodeAt(position) - ZERO);
    const start = position + 1;
    const end = reader.endFrom(start);
    // An empty payload consists of one packet of length 0.
    if (end > start) yield decodeText(body.slice(start, end));
    position = end;
  }
}

export function* decodeBinaryPayload(body: Uint8Array): Generator<ReceivedPacket, void, undefined> {
  if (body.byteLength === 0) throw new EngineError("PARSE_ERROR");
  let position = 0;
  while (position < body.byteLength) {
    const kind = body[position++];
    const reader = new LengthReader(body.byteLength);
    for (; body[position] !== END_OF_LENGTH; position++) reader.push(body[position] ?? Number.NaN);
    const start = position + 1;
    const end = reader.endFrom(start);
    yield decodeItem(kind, body.subarray(start, end));
    position = end;
  }
}

function decodeItem(kind: number | undefined, content: Uint8Array): ReceivedPacket {
  if (kind === BINARY) return decodeBinary(content);
  if (kind !== TEXT) throw new EngineError("PARSE_ERROR");
  return decodeText(asBuffer(content).toString());
}

/**
 * Reads a decimal length that must fit a body of `size`. A value with too many digits fits no body.
 */
class LengthReader {
  readonly #size: number;
  #value = 0;
  #digits = 0;

  constructor(size: number) {
    this.#size = size;
  }

  push(digit: number): void {
    this.#value = this.#value * 10 + digit;
    this.#digits++;
    const isDigit = digit >= 0 && digit <= 9;
    if (!isDigit) throw new EngineError("PARSE_ERROR");
  }

  /** Returns the end of content that starts at `start`. */
  endFrom(start: number): number {
    const end = start + this.#value;
    if (this.#digits === 0 || end > this.#size) throw new EngineError("PARSE_ERROR");
    return end;
  }
}
