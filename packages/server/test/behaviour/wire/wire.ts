/** An Engine.IO packet as it travels: text, or the bytes of a binary message. */
export type Packet = string | Buffer;

/** Separates the packets of a polling payload (engine-protocol, "Polling payload"). */
export const separator = "\x1e";

/** A raw Engine.IO session of revision 4, without the official client. It never answers pings. */
export interface Wire {
  readonly sid: string;
  /** The open packet, as it came. */
  readonly open: string;
  /** Sends the packets together: one payload over polling, a frame for each over WebSocket. */
  send(...packets: Packet[]): Promise<void>;
  /** The next packet from the server. */
  next(): Promise<Packet>;
  /** Every packet up to the end of the session, which the server is expected to close. */
  rest(): Promise<Packet[]>;
  /** Drops the connection without a goodbye. */
  drop(): void;
}

/** The session id in an open packet. */
export function sidOf(open: Packet): string {
  const handshake = JSON.parse(String(open).slice(1)) as { sid: string };
  return handshake.sid;
}
