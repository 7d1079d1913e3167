/**
 * Event names that no peer may send, since servers and clients raise them on their own (protocol revision 5, "Event").
 * A decoder refuses them; a server refuses to emit them.
 */
export const RESERVED_EVENTS: ReadonlySet<string> = new Set([
  "connect",
  "connect_error",
  "disconnect",
  "disconnecting",
  "newListener",
  "removeListener",
]);

/** Whether a value can name an event. NaN and the infinities can't: JSON has no words for them. */
export function isEventName(value: unknown): value is string | number {
  return typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
}
