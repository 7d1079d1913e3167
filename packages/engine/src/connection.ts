import type { IncomingMessage } from "node:http";
import type { ConnectionEventListener } from "./sessions/connection-events.ts";
import type { TopicBus, WebSocketPort } from "./host/host.ts";
import type { CloseReason, CloseStatus } from "./protocol/close-status.ts";
import type { Revision } from "./protocol/packet.ts";
import type { Sendable } from "./protocol/sendable.ts";
import type { TransportView } from "./sessions/transport-view.ts";

/** How one message is sent. */
export interface SendOptions {
  /** False asks the transport not to compress it. Default: true. */
  readonly compress?: boolean;
  /**
   * True: the message may be lost. Where the outbox is full it is refused and nothing else happens. Default: false.
   * It says nothing about a peer that is merely not writable: look at `transport.writable` for that.
   */
  readonly volatile?: boolean;
}

/** Called once the message was handed to the transport, with all before it. Not called if the session ends first. */
export type SendCallback = (transport: TransportView) => void;

/**
 * The one consumer of a connection's messages: called directly, before the public events.
 * Contract: `onClose` is called once and last. What a listener throws is the listener's own error and is not caught.
 */
export interface ConnectionListener {
  onMessage(data: string | Uint8Array): void;
  onClose(reason: CloseReason, description?: unknown): void;
}

/** Where native publishing can reach a connection: its port, and the bus of the host that the port belongs to. */
export interface TopicSubscriber {
  readonly bus: TopicBus;
  readonly port: WebSocketPort;
}

/**
 * One client's session, whatever transports it goes through (engine-protocol, "Engine objects").
 *
 * Contract:
 * - `send` keeps the order of calls across transports, and leaves at the end of the turn. It returns false, and drops
 *   the message, when the session is closing or closed, and when the outbox is full. `write` does the same and returns
 *   the connection.
 * - The outbox is full when it and the transport hold `maxOutboxBytes`. Then, by `outboxPolicy`, the connection ends with
 *   the reason `transport error` and an `EngineError` of code `OUTBOX_OVERFLOW` at the end of the turn, and takes nothing
 *   until then; or only volatile messages are refused. A volatile message never ends the connection.
 * - `close` lets queued messages leave first; `close(true)` throws away what the transport can't take at once. `status` is
 *   told to a peer on WebSocket or WebTransport; code 1000 by default.
 * - `topicSubscriber` is set while a plain publish would reach this connection in the same form as `send` does.
 * - `settle` hands what `send` took to the transport at once. It returns false while some of it must go on waiting, and
 *   when the session is not open: a publish would overtake what waits.
 * - The public events of the reference engine (`ConnectionEvents`) are emitted when somebody listens.
 */
export interface Connection {
  /** Secret of this client: it authorises requests. 20 characters unless `generateId` was replaced. */
  readonly id: string;
  readonly protocol: Revision;
  readonly readyState: "opening" | "open" | "closing" | "closed";
  /** The request that opened the session; null on WebTransport. May be set to null to free its memory. */
  request: IncomingMessage | null;
  /** Undefined on WebTransport. */
  readonly remoteAddress: string | undefined;
  readonly secure: boolean;
  /** The transport in use. */
  readonly transport: TransportView;
  /** `transport.writable`, without making a view of the transport. */
  readonly writable: boolean;
  /** Bytes that wait: in the outbox, where a text counts its UTF-16 units, and in the transport. */
  readonly bufferedAmount: number;
  readonly topicSubscriber: TopicSubscriber | undefined;
  listen(listener: ConnectionListener): void;
  send(message: Sendable, options?: SendOptions | SendCallback, callback?: SendCallback): boolean;
  write(message: Sendable, options?: SendOptions | SendCallback, callback?: SendCallback): this;
  settle(): boolean;
  close(discard?: boolean, status?: CloseStatus): void;
  on<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): unknown;
  once<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): unknown;
  off<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): unknown;
  /** Same as `off`. */
  removeListener<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): unknown;
}
