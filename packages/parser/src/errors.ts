/** Origin of an error: an encoder throws `application`, a decoder `peer`. */
export type ParserErrorSide = "application" | "peer";

/**
 * Error codes of this package. The decoder's errors that exist in `socket.io-parser` have the same
 * texts, because servers pass them to applications, which may match them.
 */
export const PARSER_ERRORS = {
  INVALID_PACKET_TYPE: { side: "application", message: "a packet's type must be between 0 and 4, not" },
  INVALID_NAMESPACE: {
    side: "application",
    message: "a namespace must begin with a slash and hold no comma:",
  },
  INVALID_ACK_ID: {
    side: "application",
    message: "an acknowledgement id must be a safe integer from 0, not",
  },
  INVALID_ARGUMENTS: { side: "application", message: "events and acknowledgements carry an array, not" },
  INVALID_EVENT_NAME: {
    side: "application",
    message: "an event name must be a string or a finite number, not",
  },
  UNSUPPORTED_BLOB: {
    side: "application",
    message: "can't send a Blob: send what its arrayBuffer() resolves to",
  },
  DETACHED_BINARY: {
    side: "application",
    message: "can't send binary whose memory is detached or out of bounds",
  },
  CYCLIC_PAYLOAD: { side: "application", message: "can't send a payload that contains itself" },
  PAYLOAD_TOO_DEEP: { side: "application", message: "can't send a payload nested deeper than" },
  UNSERIALIZABLE_PAYLOAD: { side: "application", message: "can't turn the payload into JSON:" },

  UNKNOWN_PACKET_TYPE: { side: "peer", message: "unknown packet type" },
  ILLEGAL_ATTACHMENT_COUNT: { side: "peer", message: "Illegal attachments" },
  TOO_MANY_ATTACHMENTS: { side: "peer", message: "too many attachments" },
  ATTACHMENTS_TOO_LARGE: { side: "peer", message: "attachments too large" },
  ILLEGAL_PLACEHOLDER: { side: "peer", message: "illegal attachments" },
  UNEXPECTED_BINARY: { side: "peer", message: "got binary data when not reconstructing a packet" },
  UNEXPECTED_TEXT: { side: "peer", message: "got plaintext data when reconstructing a packet" },
  UNKNOWN_PART: { side: "peer", message: "Unknown type:" },
  ILLEGAL_ACK_ID: { side: "peer", message: "illegal acknowledgement id" },
  NESTED_TOO_DEEP: { side: "peer", message: "payload nested too deep" },
  INVALID_PAYLOAD: { side: "peer", message: "invalid payload" },
} as const satisfies Record<string, { side: ParserErrorSide; message: string }>;

/** Code of an error, for programs; the README explains each code. */
export type ParserErrorCode = keyof typeof PARSER_ERRORS;

/** The only error class of this package. `cause` holds the underlying error, if any. */
export class ParserError extends Error {
  override readonly name = "ParserError";
  /** Identifies the error. */
  readonly code: ParserErrorCode;
  /** Side that must be corrected: this program (`application`) or the peer (`peer`). */
  readonly side: ParserErrorSide;

  /** `detail` follows the code's own text in the message. */
  constructor(code: ParserErrorCode, detail?: string | number, options?: { readonly cause?: unknown }) {
    const { side, message } = PARSER_ERRORS[code];
    super(detail === undefined ? message : `${message} ${detail}`, options);
    this.code = code;
    this.side = side;
  }
}
