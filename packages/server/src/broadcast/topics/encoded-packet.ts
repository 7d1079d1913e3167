import type { PreparedMessage } from "@skein/engine";

/** A packet encoded once for many connections: one prepared message for each part. */
export type EncodedPacket = readonly PreparedMessage[];

/**
 * An encoded packet as sent by a connection: text, bytes, or messages prepared for many
 * connections.
 */
export type PacketParts = readonly (string | Uint8Array | PreparedMessage)[];
