import type { CloseReason } from "../protocol/close-status.ts";
import type { ReceivedPacket } from "../protocol/packet.ts";
import type { ShownPacket } from "./public-events.ts";
import type { TransportView } from "./transport-view.ts";

/** The events of a connection, and what their listeners are given. */
export interface ConnectionEvents {
  /** A packet has arrived. */
  packet: [packet: ReceivedPacket];
  /** A packet was made: a message that `send` took, or a heartbeat. */
  packetCreate: [packet: ShownPacket];
  /** A message has arrived. */
  message: [data: string | Uint8Array];
  /** The same as `message`. */
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
  /** The connection is over. Comes once and last. `cause` is an `EngineError` wherever the engine knows more than the reason. */
  close: [reason: CloseReason, cause: unknown];
}

/** A method, because the parameters of methods are compared both ways: a listener may name the kind of data that it knows to get. */
interface Listening<Values extends readonly unknown[]> {
  listen(...values: Values): void;
}

/** A listener of an event of a connection. One of an event that does not exist is never called. */
export type ConnectionEventListener<Event extends string> = Event extends keyof ConnectionEvents
  ? Listening<ConnectionEvents[Event]>["listen"]
  : (...values: never[]) => void;
