/**
 * Event names that peers must not send, because servers and clients emit them themselves (protocol
 * revision 5, "Event"). A decoder rejects them, and a server refuses to emit them.
 */
export const RESERVED_EVENTS: ReadonlySet<string> = new Set([
  "connect",
  "connect_error",
  "disconnect",
  "disconnecting",
  "newListener",
  "removeListener",
]);

/**
 * Whether a value can be an event name. NaN and the infinities can't, because JSON does not
 * represent them.
 */
export function isEventName(value: unknown): value is string | number {
  return typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
}

const MIN_RESERVED_LENGTH = Math.min(...[...RESERVED_EVENTS].map((name) => name.length));

/** Whether a name is reserved. Short names, the most frequent, need no lookup. */
export function isReserved(name: string | number): boolean {
  return typeof name === "string" && name.length >= MIN_RESERVED_LENGTH && RESERVED_EVENTS.has(name);
}
