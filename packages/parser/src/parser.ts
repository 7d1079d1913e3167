import type { Packet } from "./packet.ts";

/** One part of an encoded packet: text as a string, or binary as its bytes. */
export type EncodedPart = string | Uint8Array;

/**
 * Encodes packets as parts, which are sent as Engine.IO messages.
 *
 * Contract: `encode` is synchronous, returns at least one part, in the order in which the parts
 * must be sent back to back on one connection, and changes neither the packet nor its content. It
 * throws for content that can't be encoded (a BigInt, a cycle, too deep a nesting).
 */
export interface PacketEncoder {
  encode(packet: Packet): EncodedPart[];
}

/**
 * Decodes received parts; one decoder serves one connection.
 *
 * Contract: `add` takes the parts in the order of their arrival, calls the `decoded` listeners
 * synchronously for each completed packet, and throws when a part violates the protocol; after a
 * throw only `destroy` may follow. `destroy` discards an unfinished packet.
 */
export interface PacketDecoder {
  add(part: string | Uint8Array): void;
  on(event: "decoded", listener: (packet: Packet) => void): unknown;
  destroy(): void;
}

/**
 * A packet codec that replaces the default one of a server (socketio-protocol, "Custom parsers").
 * The server creates one encoder for all connections and one decoder for each.
 */
export interface Parser {
  Encoder: new () => PacketEncoder;
  Decoder: new () => PacketDecoder;
}
