const OBJECT_OVERHEAD = 16;
const SCALAR = 8;

/**
 * Returns the approximate number of bytes that a value retains. Strings count one byte per
 * character, binary its length, and shared objects once; counting stops above `atMost`, which is
 * then returned.
 */
export function approximateSize(value: unknown, atMost = Number.POSITIVE_INFINITY): number {
  const seen = new Set<object>();
  const pending: unknown[] = [value];
  let size = 0;
  while (pending.length > 0 && size < atMost) {
    const current = pending.pop();
    if (typeof current === "string") size += current.length;
    else if (typeof current !== "object" || current === null) size += SCALAR;
    else if (!seen.has(current)) {
      seen.add(current);
      size += OBJECT_OVERHEAD + ownSize(current, pending);
    }
  }
  return Math.min(size, atMost);
}

/** Returns the size of the object itself; objects and values inside it are queued. */
function ownSize(value: object, pending: unknown[]): number {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
  if (value instanceof Blob) return value.size;
  let size = 0;
  for (const [key, inner] of Object.entries(value)) {
    size += key.length;
    pending.push(inner);
  }
  return size;
}
