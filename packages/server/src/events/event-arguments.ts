/** Name of an event, as text: on the wire it may be a number too. */
export function nameOf(event: readonly unknown[]): string {
  return String(event[0]);
}

/** Accepts rooms as the public methods do: one, or a list. */
export function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** What a client takes for an event's offset: its last argument, if that is a string (socketio-protocol, section 7). */
export function offsetOf(data: unknown): string | undefined {
  const last: unknown = Array.isArray(data) ? data.at(-1) : undefined;
  return typeof last === "string" ? last : undefined;
}
