import * as legacyPackets from "./legacy/packet-codec.ts";
import * as legacyPayloads from "./legacy/payload-codec.ts";
import type { Message, OutgoingPacket, ReceivedPacket, Revision } from "../packet.ts";
import * as packets from "./packet-codec.ts";
import * as payloads from "./payload-codec.ts";

/**
 * The packet encoding of one revision, for transports with one packet per message.
 *
 * Contract:
 * - Decoders throw only an `EngineError` with code `PARSE_ERROR`, for data that is not a packet of
 * this revision. The error ends the transport, so the normal case pays nothing for it. Bytes in a
 * result are a `Buffer`: a view of the input, or decoded base64.
 * - A packet without data, or with an empty text, is encoded as its type alone; it is decoded
 * without `data`.
 */
export interface PacketCodec {
  /**
   * Encodes as text, binary as base64: for an item of a payload, or a message to a peer without
   * binary support.
   */
  encodeText(packet: OutgoingPacket): string;
  /**
   * Encodes as a WebSocket message. A prepared message that has the right form is returned
   * unchanged.
   */
  encodeForWebSocket(packet: OutgoingPacket, base64: boolean): Message;
  decodeText(text: string): ReceivedPacket;
  decodeBinary(bytes: Uint8Array): ReceivedPacket;
}

/**
 * The payload encoding of one revision: several packets in one HTTP body.
 *
 * Contract:
 * - Decoders are lazy: a packet is decoded when the consumer asks for it. They throw an
 * `EngineError` with code `PARSE_ERROR` at the first bad packet, after those before it, and at once
 * for an empty body. Time and memory are linear in the actual size of the body.
 */
export interface PayloadCodec {
  /**
   * Returns text, or bytes if the revision has binary bodies, a packet is binary and `base64` is
   * false.
   */
  encode(batch: readonly OutgoingPacket[], base64: boolean): string | Uint8Array;
  decodeText(body: string): Iterable<ReceivedPacket>;
  /** Absent if the revision has no binary bodies. */
  decodeBinary?(body: Uint8Array): Iterable<ReceivedPacket>;
}

/** The encodings of a revision. */
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

/** Returns the encodings of a session's revision. */
export function codecFor(revision: Revision): Codec {
  return revision === 4 ? REVISION_4 : REVISION_3;
}
