/** Payload of a CONNECT_ERROR. */
export interface Refusal {
  message?: string;
  data?: unknown;
}

/** What a client is told of an error that was not meant for it. */
const UNEXPOSED = "Internal server error";

/** The refusal with an error that a middleware gave to `next` (socketio-protocol, "Connecting", 5). */
export function refusalOf(reason: unknown): Refusal {
  const refusal: Refusal = {};
  if (typeof reason !== "object" || reason === null) return refusal;
  if ("message" in reason && typeof reason.message === "string") refusal.message = reason.message;
  if ("data" in reason && reason.data !== undefined) refusal.data = reason.data;
  return refusal;
}

/** Whether an error says itself that clients may see it, in the manner of `http-errors`, or carries data for them. */
function isExposed(cause: unknown): boolean {
  if (typeof cause !== "object" || cause === null) return false;
  return ("expose" in cause && cause.expose === true) || ("data" in cause && cause.data !== undefined);
}

/** The refusal with an error that a middleware threw or rejected with, which tells of the inside of the server. */
export function refusalOfThrown(cause: unknown): Refusal {
  return isExposed(cause) ? refusalOf(cause) : { message: UNEXPOSED };
}
