import { writeArguments, writeReplaced } from "./arguments.ts";
import { ParserError } from "../errors.ts";
import { escaped } from "../escaped.ts";
import { isEventName } from "../event-names.ts";
import { type Packet, PacketType } from "../packet.ts";
import type { EncodedPart, PacketEncoder } from "../parser.ts";
import { BINARY_OFFSET } from "../wire.ts";
import type { Replacer } from "./write.ts";

/** Options of an {@link Encoder}. */
export interface EncoderOptions {
  /** Transforms values before they are written as JSON. It does not receive binary. */
  replacer?: Replacer;
  /**
   * Maximum nesting depth of arrays and objects, the list of arguments being level one. Default:
   * 2,000, twice the default of a decoder, so that a server can wrap what it received.
   */
  maxDepth?: number;
}

const DEFAULT_MAX_DEPTH = 2_000;

/**
 * The default encoder (socketio-protocol, "Packet encoding"). It is stateless: one instance
 * serves any number of connections.
 *
 * Every error is a {@link ParserError} of side `application`, thrown before anything was sent.
 */
export class Encoder implements PacketEncoder {
  readonly #replacer: Replacer | undefined;
  readonly #maxDepth: number;

  constructor(options?: EncoderOptions | Replacer) {
    const given = typeof options === "function" ? { replacer: options } : options;
    this.#replacer = given?.replacer;
    this.#maxDepth = given?.maxDepth ?? DEFAULT_MAX_DEPTH;
  }

  encode(packet: Packet): EncodedPart[] {
    const { type, data } = packet;
    switch (type) {
      case PacketType.EVENT:
        return this.#encodeArguments(packet, eventArguments(data));
      case PacketType.ACK:
        return this.#encodeArguments(packet, ackArguments(data));
      case PacketType.CONNECT:
      case PacketType.DISCONNECT:
      case PacketType.CONNECT_ERROR:
        return [type + address(packet) + this.#json(data)];
      default:
        throw new ParserError("INVALID_PACKET_TYPE", String(type));
    }
  }

  #encodeArguments(packet: Packet, args: readonly unknown[] | undefined): EncodedPart[] {
    if (args === undefined) {
      return [packet.type + address(packet)];
    }
    const head = address(packet);
    // The text's place is taken at once: a constant array would be copied when the text is stored.
    const parts: EncodedPart[] = [head];
    const json = this.#writeArguments(args, parts);
    const attachments = parts.length - 1;
    const type = attachments === 0 ? packet.type : `${packet.type + BINARY_OFFSET}${attachments}-`;
    parts[0] = type + head + json;
    return parts;
  }

  /** Returns the payload's JSON and appends its attachments to the parts. */
  #writeArguments(args: readonly unknown[], parts: EncodedPart[]): string {
    try {
      return this.#replacer === undefined
        ? writeArguments(args, parts, this.#maxDepth)
        : writeReplaced(args, parts, this.#maxDepth, this.#replacer);
    } catch (error) {
      throw asParserError(error);
    }
  }

  /** Writes a payload. Null is equivalent to an absent payload, as in `socket.io-parser`. */
  #json(data: unknown): string {
    if (data === undefined || data === null) {
      return "";
    }
    try {
      return JSON.stringify(data, this.#replacer) ?? "";
    } catch (error) {
      throw asParserError(error);
    }
  }
}

function eventArguments(data: unknown): readonly unknown[] {
  if (!Array.isArray(data)) {
    throw new ParserError("INVALID_ARGUMENTS", typeof data);
  }
  if (!isEventName(data[0])) {
    throw new ParserError("INVALID_EVENT_NAME", typeof data[0]);
  }
  return data;
}

function ackArguments(data: unknown): readonly unknown[] | undefined {
  if (data === undefined || data === null || Array.isArray(data)) {
    return data ?? undefined;
  }
  throw new ParserError("INVALID_ARGUMENTS", typeof data);
}

/** Returns namespace and acknowledgement id as written between type and payload. */
function address({ nsp, id }: Packet): string {
  const namespace = nsp === "/" || !nsp ? "" : namespacePart(nsp);
  return id === undefined || id === null ? namespace : namespace + ackIdPart(id);
}

function namespacePart(nsp: string): string {
  if (!nsp.startsWith("/") || nsp.includes(",")) {
    throw new ParserError("INVALID_NAMESPACE", escaped(nsp));
  }
  return `${nsp},`;
}

function ackIdPart(id: number): string {
  if (!Number.isSafeInteger(id) || id < 0) {
    throw new ParserError("INVALID_ACK_ID", String(id));
  }
  // Minus zero is written as zero.
  return String(id);
}

/**
 * Converts errors of `JSON.stringify` for cycles and BigInts, and those of a caller's `toJSON`,
 * getter or replacer.
 */
function asParserError(error: unknown): ParserError {
  return error instanceof ParserError
    ? error
    : new ParserError(
        "UNSERIALIZABLE_PAYLOAD",
        escaped(error instanceof Error ? error.message : String(error)),
        { cause: error },
      );
}
