/**
 * The Socket.IO packet types that travel between server and client (protocol revision 5, "Packet types").
 * The last two stand on the wire alone, for events and acknowledgements that carry binary: the encoder writes them, and the
 * decoder gives EVENT and ACK for them.
 */
export const PacketType = {
  CONNECT: 0,
  DISCONNECT: 1,
  EVENT: 2,
  ACK: 3,
  CONNECT_ERROR: 4,
  BINARY_EVENT: 5,
  BINARY_ACK: 6,
} as const;

export type PacketType = (typeof PacketType)[keyof typeof PacketType];

/** One Socket.IO packet, as it is before encoding and after decoding. Its type is none of the two for binary. */
export interface Packet {
  type: PacketType;
  /** Namespace name, with its leading slash. */
  nsp: string;
  /** EVENT: event name and arguments. ACK: arguments. CONNECT: auth or session. CONNECT_ERROR: message and data. */
  data?: unknown;
  /** Acknowledgement id: of an EVENT that asks for an answer, or of the ACK that answers. A safe integer. */
  id?: number;
}
