import type { OutgoingHttpHeaders } from "node:http";
import type { EngineError } from "../errors.ts";
import type { HostRequest } from "../host/host.ts";
import type { CloseStatus } from "../protocol/close-status.ts";
import type { OutgoingPacket, ReceivedPacket } from "../protocol/packet.ts";

export type TransportName = "polling" | "websocket" | "webtransport";

/**
 * One wire of a session. Transports differ only in when they are writable: a poll grants one batch; a WebSocket or a
 * stream grants again when its buffer has drained.
 *
 * Contract:
 * - A transport calls `listener.onWritable` to grant one batch; `send` uses the grant up. The next grant may come
 *   synchronously inside `send`. Without a grant `send` is called once at most, right before `close`, and never on long-polling.
 * - `send` writes the packets in their order, as one write where the wire can. It does not keep or change the array.
 * - `close` ends the wire after what was sent; `discard` ends it at once. Both tell the peer `status`, where the wire has
 *   a place for it and the peer has taken everything before it. Both may be called at any time and more than
 *   once, and neither calls the listener back: whoever closes a wire knows it. Polling answers a pending poll with a
 *   close packet in both cases.
 * - `onClose` or `onFailure` is called at most once, and nothing is called after it.
 */
export interface Transport {
  readonly name: TransportName;
  /** Bytes that were sent and not yet handed to the operating system. */
  readonly bufferedAmount: number;
  send(batch: readonly OutgoingPacket[]): void;
  close(status: CloseStatus): void;
  discard(status: CloseStatus): void;
}

/** What a transport tells the connection that drives it. Implemented by the connection, called by transports. */
export interface TransportListener {
  /** The transport grants one batch. */
  onWritable(transport: Transport): void;
  onPacket(transport: Transport, packet: ReceivedPacket): void;
  /** The peer ended the wire in an orderly way. */
  onClose(transport: Transport): void;
  /** The wire broke, or the peer broke the protocol on it; the error's code tells which. */
  onFailure(transport: Transport, error: EngineError): void;
  /** The transport is about to answer a request with these headers. */
  onHeaders?(transport: Transport, headers: OutgoingHttpHeaders, request: HostRequest): void;
}
