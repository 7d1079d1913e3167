import type { PreparedMessage } from "./prepared-message.ts";

/** Engine.IO packet types (engine-protocol, "Packet types"). */
export type PacketType = "open" | "close" | "ping" | "pong" | "message" | "upgrade" | "noop";

/** A packet as a transport received it. Binary data is a view that its receiver may keep. */
export interface ReceivedPacket {
  readonly type: PacketType;
  readonly data?: string | Uint8Array;
}

/** What an application may send: text, bytes, or a message that was prepared once for many connections. */
export type Message = string | Uint8Array | PreparedMessage;

/** A packet on its way to a transport. */
export interface OutgoingPacket {
  readonly type: PacketType;
  readonly data?: Message;
  /** False asks transports that could compress this packet not to. Default: true. */
  readonly compress?: boolean;
}

/** The packet that says nothing: an answer to a poll that has waited long enough. */
export const NOOP: OutgoingPacket = { type: "noop" };

export const PING: OutgoingPacket = { type: "ping" };
export const PONG: OutgoingPacket = { type: "pong" };

/** The packet that tells a peer on long-polling of the end. */
export const CLOSE: OutgoingPacket = { type: "close" };

/** The Engine.IO protocol revision of a session: 4, or 3 for clients of the Socket.IO v2 era. */
export type Revision = 3 | 4;
