/** Payload of a CONNECT_ERROR. */
export interface Refusal {
  message?: string;
  data?: unknown;
}

/** Message sent to a client for an error that was not meant for it. */
const UNEXPOSED = "Internal server error";

/**
 * Builds the refusal for an error passed to `next` (socketio-protocol, "Refusal by a middleware").
 */
export function refusalOf(reason: unknown): Refusal {
  const refusal: Refusal = {};
  if (typeof reason !== "object" || reason === null) return refusal;
  if ("message" in reason && typeof reason.message === "string") refusal.message = reason.message;
  if ("data" in reason && reason.data !== undefined) refusal.data = reason.data;
  return refusal;
}

/**
 * Returns whether an error may be shown to clients: it has `expose: true`, as in `http-errors`, or
 * `data`.
 */
function isExposed(cause: unknown): boolean {
  if (typeof cause !== "object" || cause === null) return false;
  return ("expose" in cause && cause.expose === true) || ("data" in cause && cause.data !== undefined);
}

/**
 * Builds the refusal for an error that a middleware threw or rejected with; its message is hidden
 * unless it is exposed, as it may reveal server internals.
 */
export function refusalOfThrown(cause: unknown): Refusal {
  return isExposed(cause) ? refusalOf(cause) : { message: UNEXPOSED };
}
