import type { CloseReason } from "../protocol/close-status.ts";
import type { ReceivedPacket } from "../protocol/packet.ts";
import type { ShownPacket } from "./public-events.ts";
import type { TransportView } from "./transport-view.ts";

/** The events of a connection, with the arguments of their listeners. */
export interface ConnectionEvents {
  /** A packet has arrived. */
  packet: [packet: ReceivedPacket];
  /** A packet was created: for a message taken by `send`, or a heartbeat. */
  packetCreate: [packet: ShownPacket];
  /** A message has arrived. */
  message: [data: string | Uint8Array];
  /** Same as `message`. */
  data: [data: string | Uint8Array];
  /** A batch is about to be handed to the transport. */
  flush: [packets: readonly ShownPacket[]];
  /** A batch was handed to the transport. */
  drain: [];
  /** The peer proved to be alive. */
  heartbeat: [];
  /** Another transport was probed. */
  upgrading: [candidate: TransportView | undefined];
  /** The connection has moved to another transport. */
  upgrade: [transport: TransportView];
  /**
   * The connection is closed; emitted once and last. `cause` is an `EngineError` if the engine
   * knows more than the reason.
   */
  close: [reason: CloseReason, cause: unknown];
}

/**
 * A method, because method parameters are compared bivariantly: a listener may declare the kind of
 * data that it expects.
 */
interface Listening<Values extends readonly unknown[]> {
  listen(...values: Values): void;
}

/** A listener for an event of a connection. Listeners for unknown events are never called. */
export type ConnectionEventListener<Event extends string> = Event extends keyof ConnectionEvents
  ? Listening<ConnectionEvents[Event]>["listen"]
  : (...values: never[]) => void;
