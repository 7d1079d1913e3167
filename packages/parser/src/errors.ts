/** Origin of an error: an encoder throws `local`, a decoder `peer`. */
export type ParserErrorSide = "local" | "peer";

/**
 * Error codes of this package. The decoder's errors that exist in `socket.io-parser` have the same
 * texts, because servers pass them to applications, which may match them.
 */
const ERRORS = {
  INVALID_PACKET_TYPE: { side: "local", text: "a packet's type must be between 0 and 4, not" },
  INVALID_NAMESPACE: { side: "local", text: "a namespace must begin with a slash and hold no comma:" },
  INVALID_ACK_ID: { side: "local", text: "an acknowledgement id must be a safe integer from 0, not" },
  INVALID_ARGUMENTS: { side: "local", text: "events and acknowledgements carry an array, not" },
  INVALID_EVENT_NAME: { side: "local", text: "an event name must be a string or a finite number, not" },
  UNSUPPORTED_BLOB: { side: "local", text: "can't send a Blob: send what its arrayBuffer() resolves to" },
  DETACHED_BINARY: { side: "local", text: "can't send binary whose memory is detached or out of bounds" },
  CYCLIC_PAYLOAD: { side: "local", text: "can't send a payload that contains itself" },
  PAYLOAD_TOO_DEEP: { side: "local", text: "can't send a payload nested deeper than" },
  UNSERIALIZABLE_PAYLOAD: { side: "local", text: "can't turn the payload into JSON:" },

  UNKNOWN_PACKET_TYPE: { side: "peer", text: "unknown packet type" },
  ILLEGAL_ATTACHMENT_COUNT: { side: "peer", text: "Illegal attachments" },
  TOO_MANY_ATTACHMENTS: { side: "peer", text: "too many attachments" },
  ATTACHMENTS_TOO_LARGE: { side: "peer", text: "attachments too large" },
  ILLEGAL_PLACEHOLDER: { side: "peer", text: "illegal attachments" },
  UNEXPECTED_BINARY: { side: "peer", text: "got binary data when not reconstructing a packet" },
  UNEXPECTED_TEXT: { side: "peer", text: "got plaintext data when reconstructing a packet" },
  UNKNOWN_PART: { side: "peer", text: "Unknown type:" },
  ILLEGAL_ACK_ID: { side: "peer", text: "illegal acknowledgement id" },
  NESTED_TOO_DEEP: { side: "peer", text: "payload nested too deep" },
  INVALID_PAYLOAD: { side: "peer", text: "invalid payload" },
} as const satisfies Record<string, { side: ParserErrorSide; text: string }>;

/** Code of an error, for programs; the README explains each code. */
export type ParserErrorCode = keyof typeof ERRORS;

/** The only error class of this package. `cause` holds the underlying error, if any. */
export class ParserError extends Error {
  override readonly name = "ParserError";
  /** Identifies the error. */
  readonly code: ParserErrorCode;
  /** Side that must be corrected: this program (`local`) or the peer (`peer`). */
  readonly side: ParserErrorSide;

  /** `detail` follows the code's own text in the message. */
  constructor(code: ParserErrorCode, detail?: string | number, options?: { readonly cause?: unknown }) {
    const { side, text } = ERRORS[code];
    super(detail === undefined ? text : `${text} ${detail}`, options);
    this.code = code;
    this.side = side;
  }
}
