import { EngineError, type EngineErrorCode, rootOf } from "../errors.ts";

/** The reason for the end of a session (engine-protocol, "Closing"). */
export type CloseReason =
  | "transport close"
  | "transport error"
  | "parse error"
  | "ping timeout"
  | "forced close";

/**
 * The code and reason sent to a peer when this side ends its WebSocket or WebTransport session;
 * long-polling can't carry them. `reason` is meant for logs, and has at most 123 bytes.
 */
export interface CloseStatus {
  readonly code: number;
  readonly reason: string;
}

/**
 * The codes of `CloseStatus`: those of RFC 6455, section 7.4.1, and one of the range for
 * applications.
 */
export const CLOSE_CODES = {
  NORMAL: 1000,
  GOING_AWAY: 1001,
  PROTOCOL_ERROR: 1002,
  INVALID_TEXT: 1007,
  POLICY_VIOLATION: 1008,
  TOO_LARGE: 1009,
  INTERNAL_ERROR: 1011,
  TRY_AGAIN_LATER: 1013,
  /** The peer exceeded a timeout, as in HTTP 408. */
  TIMEOUT: 4408,
} as const;

const { NORMAL, GOING_AWAY, PROTOCOL_ERROR, INVALID_TEXT, POLICY_VIOLATION } = CLOSE_CODES;
const { TOO_LARGE, INTERNAL_ERROR, TRY_AGAIN_LATER, TIMEOUT } = CLOSE_CODES;

/** Every cause for which the engine closes a transport that can still carry a status. */
export const CLOSE_STATUSES = {
  CLOSED: { code: NORMAL, reason: "closed by the server" },
  SESSION_ENDED: { code: NORMAL, reason: "session ended" },
  SERVER_CLOSED: { code: GOING_AWAY, reason: "server shutting down" },
  PARSE_ERROR: { code: PROTOCOL_ERROR, reason: "parse error" },
  INVALID_HEARTBEAT: { code: PROTOCOL_ERROR, reason: "invalid heartbeat direction" },
  INVALID_PROBE: { code: PROTOCOL_ERROR, reason: "invalid probe" },
  INVALID_OPENING: { code: PROTOCOL_ERROR, reason: "invalid opening packet" },
  POLL_OVERLAP: { code: PROTOCOL_ERROR, reason: "overlapping polls" },
  DATA_OVERLAP: { code: PROTOCOL_ERROR, reason: "overlapping requests" },
  INVALID_CONTENT: { code: PROTOCOL_ERROR, reason: "invalid content type" },
  INVALID_FRAME: { code: PROTOCOL_ERROR, reason: "invalid frame" },
  INVALID_TEXT: { code: INVALID_TEXT, reason: "invalid UTF-8" },
  FORBIDDEN: { code: POLICY_VIOLATION, reason: "forbidden" },
  UNKNOWN_SID: { code: POLICY_VIOLATION, reason: "session unknown" },
  UPGRADE_REFUSED: { code: POLICY_VIOLATION, reason: "upgrade refused" },
  TOO_MANY_FRAGMENTS: { code: POLICY_VIOLATION, reason: "too many fragments" },
  TOO_MANY_PACKETS: { code: POLICY_VIOLATION, reason: "too many packets" },
  OUTBOX_OVERFLOW: { code: POLICY_VIOLATION, reason: "reads too slowly" },
  MESSAGE_TOO_LARGE: { code: TOO_LARGE, reason: "message too large" },
  SEND_FAILED: { code: INTERNAL_ERROR, reason: "internal error" },
  ID_IN_USE: { code: INTERNAL_ERROR, reason: "session id in use" },
  TOO_MANY_SESSIONS: { code: TRY_AGAIN_LATER, reason: "too many sessions" },
  TOO_MANY_HANDSHAKES: { code: TRY_AGAIN_LATER, reason: "too many handshakes" },
  BODY_TIMEOUT: { code: TIMEOUT, reason: "data request timeout" },
  HANDSHAKE_TIMEOUT: { code: TIMEOUT, reason: "handshake timeout" },
  UPGRADE_TIMEOUT: { code: TIMEOUT, reason: "upgrade timeout" },
  PING_TIMEOUT: { code: TIMEOUT, reason: "ping timeout" },
} as const satisfies Record<string, CloseStatus>;

const STATUSES: Partial<Record<EngineErrorCode, CloseStatus>> = CLOSE_STATUSES;

/**
 * Returns the status for an error, or for the error that caused it if that is more specific. A
 * closed transport alone is not a fault of a session's other transport.
 */
export function statusOfError(error: unknown): CloseStatus {
  const status = error instanceof EngineError ? STATUSES[rootOf(error).code] : undefined;
  return status ?? CLOSE_STATUSES.SESSION_ENDED;
}

/**
 * True when a transport ended because its peer disconnected, orderly or not; false when the peer
 * broke a rule.
 */
export function hasLeft(reason: CloseReason, cause: unknown): boolean {
  if (reason === "transport close") return true;
  return cause instanceof EngineError && (cause.code === "POLL_ABORTED" || cause.code === "DATA_ABORTED");
}
