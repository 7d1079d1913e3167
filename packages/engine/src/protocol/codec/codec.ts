import * as legacyPackets from "./legacy/packet-codec.ts";
import * as legacyPayloads from "./legacy/payload-codec.ts";
import type { Message, OutgoingPacket, ReceivedPacket, Revision } from "../packet.ts";
import * as packets from "./packet-codec.ts";
import * as payloads from "./payload-codec.ts";

/**
 * How one revision writes a packet where a wire carries one packet per message.
 *
 * Contract:
 * - Decoders throw an `EngineError` with code `PARSE_ERROR` for what is no packet of this revision, and nothing else:
 *   that ends the wire, so nothing is spent on the normal case. Bytes in a result are a `Buffer`: a view of the
 *   input, or decoded base64.
 * - A packet without data, or with an empty text, is the bare type; it is decoded without `data`.
 */
export interface PacketCodec {
  /** As text, binary in base64: an item of a payload, or a message to a peer that takes no binary. */
  encodeText(packet: OutgoingPacket): string;
  /** As a WebSocket message. Where a prepared message has the right form already, it is returned as it is. */
  encodeForWebSocket(packet: OutgoingPacket, base64: boolean): Message;
  decodeText(text: string): ReceivedPacket;
  decodeBinary(bytes: Uint8Array): ReceivedPacket;
}

/**
 * How one revision writes several packets into one HTTP body.
 *
 * Contract:
 * - Decoders are lazy: a packet is decoded when the consumer asks for it. They throw an `EngineError` with code
 *   `PARSE_ERROR` at the first bad packet, after those before it, and at once for an empty body. Time and memory
 *   are linear in the body, whatever it says about itself.
 */
export interface PayloadCodec {
  /** Text, or bytes where the revision has binary bodies, a packet is binary and `base64` is not asked for. */
  encode(batch: readonly OutgoingPacket[], base64: boolean): string | Uint8Array;
  decodeText(body: string): Iterable<ReceivedPacket>;
  /** Absent where the revision has no binary bodies. */
  decodeBinary?(body: Uint8Array): Iterable<ReceivedPacket>;
}

/** Everything about the encoding of a revision. */
export interface Codec {
  readonly packets: PacketCodec;
  readonly payloads: PayloadCodec;
}

const REVISION_4: Codec = {
  packets: {
    encodeText: packets.encodeText,
    encodeForWebSocket: packets.encodeForWebSocket,
    decodeText: packets.decodeText,
    decodeBinary: packets.decodeBinary,
  },
  payloads: { encode: payloads.encodePayload, decodeText: payloads.decodeTextPayload },
};

const REVISION_3: Codec = {
  packets: {
    encodeText: legacyPackets.encodeText,
    encodeForWebSocket: legacyPackets.encodeForWebSocket,
    decodeText: legacyPackets.decodeText,
    decodeBinary: legacyPackets.decodeBinary,
  },
  payloads: {
    encode: legacyPayloads.encodePayload,
    decodeText: legacyPayloads.decodeTextPayload,
    decodeBinary: legacyPayloads.decodeBinaryPayload,
  },
};

/** The encoding of a session's revision. */
export function codecFor(revision: Revision): Codec {
  return revision === 4 ? REVISION_4 : REVISION_3;
}
