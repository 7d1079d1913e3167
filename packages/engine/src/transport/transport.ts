import type { OutgoingHttpHeaders } from "node:http";
import type { EngineError } from "../errors.ts";
import type { HostRequest } from "../host/host.ts";
import type { CloseStatus } from "../protocol/close-status.ts";
import type { OutgoingPacket, ReceivedPacket } from "../protocol/packet.ts";

export type TransportName = "polling" | "websocket" | "webtransport";

/**
 * One transport of a session. Transports differ only in when they are writable: a poll grants one
 * batch; a WebSocket or a stream grants again when its buffer has drained.
 *
 * Contract:
 * - A transport calls `listener.onWritable` to grant one batch; `send` uses up the grant. The next
 * grant may come synchronously inside `send`. Without a grant `send` is called at most once, right
 * before `close`, and never on long-polling.
 * - `send` writes the packets in order, as one write where the transport can. It does not keep or
 * change the array.
 * - `close` ends the transport after what was sent; `discard` ends it at once. Both send `status`
 * to the peer, if the transport can carry it and the peer has taken everything before it. Both may
 * be called at any time and more than once, and neither calls the listener. Polling answers a
 * pending poll with a close packet in both cases.
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

/** The listener of a transport, implemented by the connection. */
export interface TransportListener {
  /** The transport grants one batch. */
  onWritable(transport: Transport): void;
  onPacket(transport: Transport, packet: ReceivedPacket): void;
  /** The peer closed the transport in an orderly way. */
  onClose(transport: Transport): void;
  /** The transport failed, or the peer broke the protocol; the error's code tells which. */
  onFailure(transport: Transport, error: EngineError): void;
  /** The transport is about to send a response with these headers. */
  onHeaders?(transport: Transport, headers: OutgoingHttpHeaders, request: HostRequest): void;
}
