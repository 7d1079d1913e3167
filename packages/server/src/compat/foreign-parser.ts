import { PreparedMessage } from "@skein/engine";
import {
  Decoder,
  type EncodedPart,
  Encoder,
  type Packet,
  type PacketDecoder,
  type PacketEncoder,
  PacketType,
  ParserError,
  RESERVED_EVENTS,
} from "@skein/parser";
import type { PacketParts } from "../broadcast/topics/encoded-packet.ts";

/**
 * A codec module written for Socket.IO. Declared types of such codecs are incomplete or wrong: see
 * `Parser` for the effective contract.
 */
export interface ForeignParser {
  readonly Encoder: new () => { encode(packet: never): unknown };
  readonly Decoder: new () => { add(part: never): unknown };
}

// Used for comparison only, never called.
// oxlint-disable-next-line typescript/unbound-method
const { add, decode } = Decoder.prototype;
// oxlint-disable-next-line typescript/unbound-method
const { encode } = Encoder.prototype;

/** An encoder as used by clients. */
export interface PacketPartsEncoder {
  encode(packet: Packet): PacketParts;
}

/**
 * Returns whether a decoder is the default one, which validates its input and can be called
 * directly. A subclass may override that.
 */
export function isDefaultDecoder(decoder: PacketDecoder): decoder is Decoder {
  return decoder instanceof Decoder && decoder.decode === decode && decoder.add === add;
}

function sendablePart(part: EncodedPart): string | PreparedMessage {
  return typeof part === "string" ? part : new PreparedMessage(part);
}

/**
 * Wraps an encoder so that no part can be refused after others were sent, which would leave the
 * client with an incomplete packet. The default encoder throws by itself; parts of others are
 * prepared, which throws an `EngineError`.
 */
export function wholePackets(encoder: PacketEncoder): PacketPartsEncoder {
  if (encoder instanceof Encoder && encoder.encode === encode) return encoder;
  return { encode: (packet) => encoder.encode(packet).map(sendablePart) };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isEvent(data: unknown): boolean {
  if (!Array.isArray(data)) return false;
  const name: unknown = data[0];
  return typeof name === "number"
    ? Number.isFinite(name)
    : typeof name === "string" && !RESERVED_EVENTS.has(name);
}

function hasShape(type: PacketType, data: unknown): boolean {
  switch (type) {
    case PacketType.EVENT:
      return isEvent(data);
    case PacketType.ACK:
      return isAbsent(data) || Array.isArray(data);
    case PacketType.CONNECT:
      return isAbsent(data) || (typeof data === "object" && !Array.isArray(data));
    default:
      return true;
  }
}

function typeOf(value: unknown): PacketType {
  if (
    Number.isInteger(value) &&
    Number(value) >= PacketType.CONNECT &&
    Number(value) <= PacketType.CONNECT_ERROR
  )
    return value as PacketType;
  throw new ParserError("UNKNOWN_PACKET_TYPE", typeof value === "number" ? value : typeof value);
}

function idOf(value: unknown): number | undefined {
  if (isAbsent(value)) return undefined;
  if (Number.isSafeInteger(value) && Number(value) >= 0) return value as number;
  throw new ParserError("ILLEGAL_ACK_ID");
}

/**
 * Validates a packet from a foreign decoder: some let peers raise events that only a server may
 * raise. Throws a `ParserError` of side `peer`, like the default decoder.
 */
export function checkedPacket(decoded: unknown): Packet {
  const { type: givenType, nsp, data, id: givenId } = (decoded ?? {}) as Record<string, unknown>;
  const type = typeOf(givenType);
  const id = idOf(givenId);
  if (typeof nsp !== "string" || !hasShape(type, data)) throw new ParserError("INVALID_PAYLOAD");
  return id === undefined ? { type, nsp, data } : { type, nsp, data, id };
}
