import type { PreparedMessage } from "./prepared-message.ts";

/** Engine.IO packet types (engine-protocol, "Packet types"). */
export type PacketType = "open" | "close" | "ping" | "pong" | "message" | "upgrade" | "noop";

/** A packet received by a transport. Binary data is a view that the receiver may keep. */
export interface ReceivedPacket {
  readonly type: PacketType;
  readonly data?: string | Uint8Array;
}

/** A message to send: text, bytes, or a message that was prepared once for many connections. */
export type Message = string | Uint8Array | PreparedMessage;

/** A packet to send. */
export interface OutgoingPacket {
  readonly type: PacketType;
  readonly data?: Message;
  /**
   * `false` asks transports that support compression not to compress this packet. Default: true.
   */
  readonly compress?: boolean;
}

/** A packet without effect, the response to a poll that has been pending long enough. */
export const NOOP: OutgoingPacket = { type: "noop" };

export const PING: OutgoingPacket = { type: "ping" };
export const PONG: OutgoingPacket = { type: "pong" };

/** The packet that closes a session on long-polling. */
export const CLOSE: OutgoingPacket = { type: "close" };

/** The Engine.IO protocol revision of a session: 4, or 3 for Socket.IO v2 clients. */
export type Revision = 3 | 4;
