import { Emitter } from "@socket.io/component-emitter";
import { isBinary } from "../binary.ts";
import { ParserError } from "../errors.ts";
import { type Header, readHeader } from "./header.ts";
import type { Packet } from "../packet.ts";
import type { PacketDecoder } from "../parser.ts";
import { type PayloadOptions, type Reviver, readBinaryPayload, readPayload } from "./payload.ts";
import { reconstruct } from "./reconstruct.ts";

/** Settings of a {@link Decoder}. */
export interface DecoderOptions {
  /** Changes values on their way out of JSON. It sees placeholders in the place of binary. */
  reviver?: Reviver;
  /** How many attachments one packet may announce. Default 10, as in the published parser. */
  maxAttachments?: number;
  /**
   * How many bytes the attachments of one packet may have together, which is what an unfinished packet can hold in
   * memory. Default 10,000,000: ten attachments of the largest message that a server with default settings lets in.
   * A server that lets in larger messages must raise it. From the eleventh on, an attachment counts at least 256 bytes,
   * because an empty one costs as much.
   */
  maxAttachmentBytes?: number;
  /** How many arrays and objects may lie inside each other in a payload, the payload being the first. Default 1,000. */
  maxDepth?: number;
}

interface DecoderEvents {
  decoded: (packet: Packet) => void;
}

/** Attachments that count no more than their bytes: as many as a packet may have by default. */
const FREE_ATTACHMENTS = 10;
/** Bytes that each further attachment counts at least: what an empty one costs. */
const MIN_ATTACHMENT_BYTES = 256;

/** A packet whose text part has come and whose attachments haven't all. */
interface Unfinished {
  readonly packet: Packet;
  readonly awaited: number;
  /** Made with the first: an empty list that grows by one takes room for seventeen. */
  attachments: unknown[] | undefined;
  bytes: number;
}

/** What a part may be: in browsers binary comes as an ArrayBuffer, in Node.js as a Buffer. */
export type ReceivedPart = string | ArrayBuffer | ArrayBufferView;

/**
 * The default decoder (protocol revision 5, "Packet encoding"); one serves one connection, whatever its namespaces.
 *
 * Every error is a {@link ParserError} of side `peer`; the packet that was unfinished, if any, is then forgotten.
 * Binary wire types come out as EVENT and ACK, attachments as the very objects that were given in.
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

  /** Whether a packet is unfinished: its text has come, some of its attachments haven't. */
  get pending(): boolean {
    return this.#unfinished !== undefined;
  }

  /** Takes the next part and calls the `decoded` listeners if it made a packet whole. */
  add(part: ReceivedPart): void {
    const packet = this.decode(part);
    if (packet !== undefined) {
      this.#announce(packet);
    }
  }

  /** Takes the next part and returns the packet if it became whole: `add` without the event, for the one who asks. */
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

  /** Forgets the unfinished packet, if there is one. */
  destroy(): void {
    this.#unfinished = undefined;
  }

  /** One listener is what a server has: called directly it costs a third of what the emitter takes. */
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

/** Safe for every value, unlike `String`: an object may have no way to become a string. */
function describe(part: unknown): string {
  return typeof part === "object" && part !== null ? Object.prototype.toString.call(part) : String(part);
}
