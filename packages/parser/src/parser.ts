import type { Packet } from "./packet.ts";

/** One part of an encoded packet: the text part is a string; a binary part is its bytes. */
export type EncodedPart = string | Uint8Array;

/**
 * Turns packets into the parts that travel as Engine.IO messages.
 *
 * Contract: `encode` is synchronous, returns at least one part in the order in which the parts must be written, back to
 * back on one connection, and changes neither the packet nor anything inside it. What can't be encoded (a BigInt, a
 * cycle, too deep a nesting) is thrown.
 */
export interface PacketEncoder {
  encode(packet: Packet): EncodedPart[];
}

/**
 * Turns received parts back into packets; one decoder serves one connection.
 *
 * Contract: `add` takes the parts in the order of their arrival, calls the `decoded` listeners synchronously for each
 * packet that has become whole, and throws when a part breaks the protocol; after a throw only `destroy` may follow.
 * `destroy` drops whatever was kept of an unfinished packet.
 */
export interface PacketDecoder {
  add(part: string | Uint8Array): void;
  on(event: "decoded", listener: (packet: Packet) => void): unknown;
  destroy(): void;
}

/**
 * A packet codec that a server can be given instead of the default one (socketio-protocol, "Custom parsers").
 * The server makes one encoder for all its connections and one decoder for each.
 */
export interface Parser {
  Encoder: new () => PacketEncoder;
  Decoder: new () => PacketDecoder;
}
