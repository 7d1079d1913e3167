import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { EngineConnection } from "./engine-connection.ts";
import type { ShownPacket } from "./public-events.ts";

/** The details of a refused request for `connection_error`. */
export interface ConnectionError {
  readonly req: IncomingMessage;
  /** The number in the protocol (engine-protocol, "Errors"). */
  readonly code: number;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** The events of a `Server`. */
export interface ServerEvents {
  connection: [connection: EngineConnection];
  connection_error: [error: ConnectionError];
  /** Before the first response of a session; `headers` may be changed. */
  initial_headers: [headers: OutgoingHttpHeaders, request: IncomingMessage];
  /** Before every response except refusals; `headers` may be changed. */
  headers: [headers: OutgoingHttpHeaders, request: IncomingMessage];
  /** Before a batch of packets goes to a connection's transport. */
  flush: [connection: EngineConnection, packets: readonly ShownPacket[]];
  /** After a batch of packets went to a connection's transport. */
  drain: [connection: EngineConnection];
}
