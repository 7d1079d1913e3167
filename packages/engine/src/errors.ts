/**
 * Every error of the engine: the side at fault, and its meaning. `handshake` codes have the number
 * that is sent to the client (engine-protocol, "Errors").
 */
export const ENGINE_ERRORS = {
  UNKNOWN_TRANSPORT: { side: "peer", number: 0, message: "Transport unknown" },
  UNKNOWN_SID: { side: "peer", number: 1, message: "Session ID unknown" },
  BAD_HANDSHAKE_METHOD: { side: "peer", number: 2, message: "Bad handshake method" },
  BAD_REQUEST: { side: "peer", number: 3, message: "Bad request" },
  FORBIDDEN: { side: "peer", number: 4, message: "Forbidden" },
  UNSUPPORTED_PROTOCOL_VERSION: { side: "peer", number: 5, message: "Unsupported protocol version" },
  URL_TOO_LONG: { side: "peer", number: 3, message: "URL too long" },
  TOO_MANY_SESSIONS: { side: "peer", number: 4, message: "Too many sessions" },
  TOO_MANY_SESSIONS_OF_ADDRESS: { side: "peer", number: 4, message: "Too many sessions of this address" },
  TOO_MANY_HANDSHAKES: { side: "peer", number: 4, message: "Too many handshakes" },
  HANDSHAKE_TIMEOUT: { side: "application", number: 4, message: "Handshake timeout" },
  PARSE_ERROR: { side: "peer", message: "the peer sent a packet that can't be decoded" },
  POLL_OVERLAP: { side: "peer", message: "overlap from client" },
  DATA_OVERLAP: { side: "peer", message: "data request overlap from client" },
  INVALID_CONTENT: { side: "peer", message: "invalid content" },
  PAYLOAD_TOO_LARGE: { side: "peer", message: "payload too large" },
  TOO_MANY_PACKETS: { side: "peer", message: "too many packets in a payload" },
  POLL_ABORTED: { side: "peer", message: "poll connection closed prematurely" },
  DATA_ABORTED: { side: "peer", message: "data request connection closed prematurely" },
  BODY_TIMEOUT: { side: "peer", message: "data request timeout" },
  INVALID_HEARTBEAT: { side: "peer", message: "invalid heartbeat direction" },
  WEBSOCKET_ERROR: { side: "peer", message: "websocket error" },
  INVALID_FRAME: { side: "peer", message: "invalid WebSocket frame" },
  INVALID_TEXT: { side: "peer", message: "invalid UTF-8 in a WebSocket message" },
  MESSAGE_TOO_LARGE: { side: "peer", message: "the message is too large" },
  TOO_MANY_FRAGMENTS: { side: "peer", message: "too many fragments of a WebSocket message" },
  WEBTRANSPORT_ERROR: { side: "peer", message: "webtransport error" },
  OUTBOX_OVERFLOW: { side: "peer", message: "the outbox is full: the peer takes messages too slowly" },
  SEND_FAILED: { side: "application", message: "what was sent can't be written" },
  INVALID_OPTION: { side: "application", message: "invalid option" },
  INVALID_ARGUMENT: { side: "application", message: "invalid argument" },
  ALREADY_ATTACHED: { side: "application", message: "another server takes the same requests" },
  INVALID_STATE: { side: "application", message: "invalid state" },
  DETACHED_BINARY: {
    side: "application",
    message: "can't send binary whose memory is detached or out of bounds",
  },
} as const satisfies Record<string, { side: "peer" | "application"; number?: number; message: string }>;

export type EngineErrorCode = keyof typeof ENGINE_ERRORS;

/**
 * The error class of this package. `code` identifies the error; `side` says whether the peer or the
 * caller is at fault.
 */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;

  constructor(
    code: EngineErrorCode,
    message: string = ENGINE_ERRORS[code].message,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
  }

  get side(): "peer" | "application" {
    return ENGINE_ERRORS[this.code].side;
  }
}

/**
 * Returns the first cause of an error: for a WebSocket that broke because a message was too large,
 * the size error.
 */
export function rootOf(error: EngineError): EngineError {
  return error.cause instanceof EngineError ? rootOf(error.cause) : error;
}
