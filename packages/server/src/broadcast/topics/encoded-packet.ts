import type { PreparedMessage } from "@skein/engine";

/** A packet in the form that many connections share: one prepared message for each of its parts. */
export type EncodedPacket = readonly PreparedMessage[];

/** A packet in parts that its connection can send: text, bytes, or messages that were prepared for many. */
export type PacketParts = readonly (string | Uint8Array | PreparedMessage)[];
