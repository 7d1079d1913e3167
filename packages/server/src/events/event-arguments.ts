/** Returns the name of an event as text; in packets it may also be a number. */
export function nameOf(event: readonly unknown[]): string {
  return String(event[0]);
}

/** Returns a single value or a list as a list, as rooms are passed to public methods. */
export function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/**
 * Returns the event's offset as clients determine it: the last argument, if a string
 * (socketio-protocol, "Offsets").
 */
export function offsetOf(data: unknown): string | undefined {
  const last: unknown = Array.isArray(data) ? data.at(-1) : undefined;
  return typeof last === "string" ? last : undefined;
}
