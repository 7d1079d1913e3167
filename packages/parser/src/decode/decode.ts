import { Emitter } from "@socket.io/component-emitter";
import { isBinary } from "../binary.ts";
import { ParserError } from "../errors.ts";
import { type Header, readHeader } from "./header.ts";
import type { Packet } from "../packet.ts";
import type { PacketDecoder } from "../parser.ts";
import { type PayloadOptions, type Reviver, readBinaryPayload, readPayload } from "./payload.ts";
import { reconstruct } from "./reconstruct.ts";

/** Options of a {@link Decoder}. */
export interface DecoderOptions {
  /** Transforms decoded JSON values. It receives placeholders in place of binary. */
  reviver?: Reviver;
  /** Maximum number of attachments of one packet. Default: 10, as in `socket.io-parser`. */
  maxAttachments?: number;
  /**
   * Maximum total bytes of one packet's attachments, and so of the memory of an unfinished packet.
   * Default: 10,000,000, ten attachments of the largest message that a server with default settings
   * accepts; a server that accepts larger messages must raise it. From the eleventh on, an
   * attachment counts at least 256 bytes, because an empty one costs as much.
   */
  maxAttachmentBytes?: number;
  /**
   * Maximum nesting depth of arrays and objects in a payload, which is itself level one. Default:
   * 1,000.
   */
  maxDepth?: number;
}

interface DecoderEvents {
  decoded: (packet: Packet) => void;
}

/** Number of attachments that count only their bytes: the default maximum of a packet. */
const FREE_ATTACHMENTS = 10;
/** Minimum bytes that each further attachment counts: the cost of an empty one. */
const MIN_ATTACHMENT_BYTES = 256;

/** A packet whose text part was received but not all of its attachments. */
interface Unfinished {
  readonly packet: Packet;
  readonly awaited: number;
  /**
   * Created with the first attachment: an empty array reserves room for seventeen when it grows.
   */
  attachments: unknown[] | undefined;
  bytes: number;
}

/** A received part: binary is an ArrayBuffer in browsers and a Buffer in Node.js. */
export type ReceivedPart = string | ArrayBuffer | ArrayBufferView;

/**
 * The default decoder (socketio-protocol, "Packet encoding"). One decoder serves one connection
 * with all its namespaces.
 *
 * Every error is a {@link ParserError} of side `peer` and discards the unfinished packet, if any.
 * Packets of the binary types are decoded as EVENT and ACK; attachments are the received objects
 * themselves, not copies.
 */
export class Decoder
  extends Emitter<Record<never, never>, Record<never, never>, DecoderEvents>
  implements PacketDecoder
{
  readonly #payloads: PayloadOptions;
  readonly #maxAttachments: number;
  readonly #maxAttachmentBytes: number;
  #unfinished: Unfinished | undefined;

  constructor(options?: DecoderOptions | Reviver) {
    super();
    const given = typeof options === "function" ? { reviver: options } : options;
    this.#payloads = { reviver: given?.reviver, maxDepth: given?.maxDepth ?? 1_000 };
    this.#maxAttachments = given?.maxAttachments ?? 10;
    this.#maxAttachmentBytes = given?.maxAttachmentBytes ?? 10_000_000;
  }

  /** Whether a packet is unfinished: some of its attachments have not been received. */
  get pending(): boolean {
    return this.#unfinished !== undefined;
  }

  /** Decodes the next part and calls the `decoded` listeners if it completes a packet. */
  add(part: ReceivedPart): void {
    const packet = this.decode(part);
    if (packet !== undefined) {
      this.#announce(packet);
    }
  }

  /** Decodes the next part and returns the packet if it is complete: `add` without the event. */
  decode(part: ReceivedPart): Packet | undefined {
    const unfinished = this.#unfinished;
    this.#unfinished = undefined;
    if (typeof part === "string") {
      if (unfinished !== undefined) {
        throw new ParserError("UNEXPECTED_TEXT");
      }
      return this.#takeText(part);
    }
    if (!isBinary(part)) {
      throw new ParserError("UNKNOWN_PART", describe(part));
    }
    if (unfinished === undefined) {
      throw new ParserError("UNEXPECTED_BINARY");
    }
    return this.#takeAttachment(unfinished, part);
  }

  /** Discards the unfinished packet, if any. */
  destroy(): void {
    this.#unfinished = undefined;
  }

  /**
   * Calls the `decoded` listeners. The usual single listener is called directly, which costs a
   * third of an emit.
   */
  #announce(packet: Packet): void {
    const listeners = this.listeners("decoded");
    if (listeners.length === 1) {
      listeners[0]?.call(this, packet);
    } else {
      this.emitReserved("decoded", packet);
    }
  }

  #takeText(text: string): Packet | undefined {
    const header = readHeader(text, this.#maxAttachments);
    const json = text.slice(header.end);
    if (header.attachments === 0) {
      return packetOf(header, readPayload(header.type, json, this.#payloads));
    }
    const packet = packetOf(header, readBinaryPayload(header.type, json, this.#payloads));
    this.#unfinished = { packet, awaited: header.attachments, attachments: undefined, bytes: 0 };
    return undefined;
  }

  #takeAttachment(unfinished: Unfinished, part: ArrayBuffer | ArrayBufferView): Packet | undefined {
    const { packet, awaited } = unfinished;
    unfinished.bytes += countedBytes(unfinished, part);
    if (unfinished.bytes > this.#maxAttachmentBytes) {
      throw new ParserError("ATTACHMENTS_TOO_LARGE");
    }
    const attachments = withPart(unfinished.attachments, part);
    if (attachments.length < awaited) {
      unfinished.attachments = attachments;
      this.#unfinished = unfinished;
      return undefined;
    }
    reconstruct(packet.data as readonly unknown[], attachments);
    return packet;
  }
}

function countedBytes({ attachments }: Unfinished, part: ArrayBuffer | ArrayBufferView): number {
  const isFree = attachments === undefined || attachments.length < FREE_ATTACHMENTS;
  return isFree ? part.byteLength : Math.max(part.byteLength, MIN_ATTACHMENT_BYTES);
}

function withPart(attachments: unknown[] | undefined, part: unknown): unknown[] {
  attachments?.push(part);
  return attachments ?? [part];
}

function packetOf({ type, nsp, id }: Header, data: unknown): Packet {
  if (data === undefined) return { type, nsp };
  return id === undefined ? { type, nsp, data } : { type, nsp, data, id };
}

/**
 * Describes any value. Unlike `String` it never throws: an object may have no conversion to a
 * string.
 */
function describe(part: unknown): string {
  return typeof part === "object" && part !== null ? Object.prototype.toString.call(part) : String(part);
}
