const OBJECT_OVERHEAD = 16;
const SCALAR = 8;

/**
 * About how many bytes a value holds on to. Strings count a byte a character, binary its length; what is reached twice
 * counts once. Stops counting beyond `atMost`, and answers that.
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

/** The size of what the object holds itself; objects and values inside it are queued. */
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
