import type { IncomingMessage } from "node:http";
import type { ConnectionEventListener } from "./sessions/connection-events.ts";
import type { TopicBus, WebSocketPort } from "./host/host.ts";
import type { CloseReason, CloseStatus } from "./protocol/close-status.ts";
import type { Revision } from "./protocol/packet.ts";
import type { Sendable } from "./protocol/sendable.ts";
import type { TransportView } from "./sessions/transport-view.ts";

/** Options for sending one message. */
export interface SendOptions {
  /** `false` asks the transport not to compress the message. Default: `true`. */
  readonly compress?: boolean;
  /**
   * `true` marks a message that may be lost: it is refused, without further effect, while the
   * outbox is full. Default: `false`. A peer that is merely not writable does not count; check
   * `transport.writable` for that.
   */
  readonly volatile?: boolean;
}

/**
 * Called once, when the message and everything before it was handed to the transport. Not called if
 * the session ends first.
 */
export type SendCallback = (transport: TransportView) => void;

/**
 * The single listener of a connection, called directly and before the public events. Contract:
 * `onClose` is called once and last. Exceptions thrown by the listener are not caught.
 */
export interface ConnectionListener {
  onMessage(data: string | Uint8Array): void;
  onClose(reason: CloseReason, description?: unknown): void;
}

/** How native publishing reaches a connection: its port, and the topic bus of the port's host. */
export interface TopicSubscriber {
  readonly bus: TopicBus;
  readonly port: WebSocketPort;
}

/**
 * One client's session, independent of the transports that it uses (engine-protocol, "Engine
 * objects").
 *
 * Contract:
 * - `send` keeps the order of calls across transports, and writes at the end of the turn. It
 * returns false and drops the message when the session is closing or closed, or the outbox is full.
 * `write` does the same and returns the connection.
 * - The outbox is full when it and the transport hold `maxOutboxBytes`. With the `outboxPolicy`
 * "close", the connection then ends at the end of the turn with the reason `transport error` and an
 * `EngineError` of code `OUTBOX_OVERFLOW`, and takes no messages until then; with
 * "refuse-volatile", only volatile messages are refused. A volatile message never ends the
 * connection.
 * - `close` lets queued messages leave first; `close(true)` discards what the transport can't take
 * at once. `status` is sent to a peer on WebSocket or WebTransport; default code: 1000.
 * - `topicSubscriber` is set while a plain publish reaches this connection in the same form as
 * `send`.
 * - `settle` hands what `send` took to the transport at once. It returns false while messages
 * remain queued, when a publish would overtake them, and when the session is not open.
 * - The public events of the reference engine (`ConnectionEvents`) are emitted if they have
 * listeners.
 */
export interface Connection {
  /**
   * The session id, a secret that authorises requests. 20 characters unless `generateId` was
   * replaced.
   */
  readonly id: string;
  readonly protocol: Revision;
  readonly readyState: "opening" | "open" | "closing" | "closed";
  /** The request that opened the session; null on WebTransport. Set to null to free its memory. */
  request: IncomingMessage | null;
  /** Undefined on WebTransport. */
  readonly remoteAddress: string | undefined;
  readonly secure: boolean;
  /** The transport in use. */
  readonly transport: TransportView;
  /** Same as `transport.writable`, without creating a view of the transport. */
  readonly writable: boolean;
  /**
   * Bytes not yet sent: in the outbox, where a text counts its UTF-16 units, and in the transport.
   */
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
