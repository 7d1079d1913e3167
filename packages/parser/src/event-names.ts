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

const MIN_RESERVED_LENGTH = Math.min(...[...RESERVED_EVENTS].map((name) => name.length));

/** Whether a name is reserved. Short ones, as most are, need not be looked up. */
export function isReserved(name: string | number): boolean {
  return typeof name === "string" && name.length >= MIN_RESERVED_LENGTH && RESERVED_EVENTS.has(name);
}
