import type { PreparedMessage } from "@skein/engine";

/** A packet in the form that many connections share: one prepared message for each of its parts. */
export type EncodedPacket = readonly PreparedMessage[];
