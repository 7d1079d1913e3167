/**
 * The Socket.IO packet types (socketio-protocol, "Packet types"). The last two exist only on the
 * wire, for events and acknowledgements with binary: the encoder writes them, and the decoder
 * returns EVENT and ACK for them.
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

/**
 * One Socket.IO packet before encoding or after decoding. Its type is never one of the two binary
 * types.
 */
export interface Packet {
  type: PacketType;
  /** Namespace name, with its leading slash. */
  nsp: string;
  /**
   * EVENT: event name and arguments. ACK: arguments. CONNECT: auth or session. CONNECT_ERROR:
   * message and data.
   */
  data?: unknown;
  /**
   * Acknowledgement id, a safe integer: of an EVENT that requests an acknowledgement, or of the
   * ACK.
   */
  id?: number;
}
