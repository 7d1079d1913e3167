/**
 * All errors of this package. Side `application`: the application must change something; `peer`:
 * the cause is the client or its network. Messages that exist in the reference server are
 * identical.
 */
export const SERVER_ERRORS = {
  NOT_AN_HTTP_SERVER: {
    side: "application",
    message:
      "You are trying to attach socket.io to an express request handler function. Please pass a http.Server instance.",
  },
  RESERVED_EVENT: { side: "application", message: "this is a reserved event name" },
  PARENT_FETCH: { side: "application", message: "fetchSockets() is not supported on parent namespaces" },
  STATEFUL_REGEXP: { side: "application", message: "stateful regular expressions are not supported" },
  INVALID_OPTION: { side: "application", message: "invalid option" },
  INVALID_ARGUMENT: { side: "application", message: "invalid argument" },
  MIDDLEWARE_OVERDUE: { side: "application", message: "a middleware has not called next() in time" },
  MATCHER_OVERDUE: { side: "application", message: "a namespace's matcher has not called next() in time" },
  ACK_TIMEOUT: { side: "peer", message: "operation has timed out" },
  ATTACHMENTS_MISSING: { side: "peer", message: "the attachments of a packet did not come in time" },
  ACK_DISCONNECTED: { side: "peer", message: "socket has been disconnected" },
} as const satisfies Record<string, { side: "application" | "peer"; message: string }>;

/** Machine-readable code of an error. */
export type ServerErrorCode = keyof typeof SERVER_ERRORS;

/** The error class of this package. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  /** Code of the error: see `SERVER_ERRORS`. */
  readonly code: ServerErrorCode;
  /** Responses received in time, for `ACK_TIMEOUT` of a broadcast. */
  readonly responses?: readonly unknown[];

  constructor(
    code: ServerErrorCode,
    message: string = SERVER_ERRORS[code].message,
    options?: { readonly cause?: unknown; readonly responses?: readonly unknown[] },
  ) {
    super(message, options);
    this.code = code;
    if (options?.responses !== undefined) this.responses = options.responses;
  }

  /** The responsible side: this program (`application`) or the peer. */
  get side(): "application" | "peer" {
    return SERVER_ERRORS[this.code].side;
  }
}
