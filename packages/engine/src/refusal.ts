import type { EngineErrorCode } from "./errors.ts";

/** The error codes of refused requests, each with a number for the client. */
export type RefusalCode = Extract<
  EngineErrorCode,
  | "UNKNOWN_TRANSPORT"
  | "UNKNOWN_SID"
  | "BAD_HANDSHAKE_METHOD"
  | "BAD_REQUEST"
  | "FORBIDDEN"
  | "UNSUPPORTED_PROTOCOL_VERSION"
  | "URL_TOO_LONG"
  | "TOO_MANY_SESSIONS"
  | "TOO_MANY_SESSIONS_OF_ADDRESS"
  | "TOO_MANY_HANDSHAKES"
  | "HANDSHAKE_TIMEOUT"
>;

/** The reason for refusing a request, and the details for `connection_error`. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly context: Readonly<Record<string, unknown>>;
}
