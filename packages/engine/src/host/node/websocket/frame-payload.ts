import { isUtf8 } from "node:buffer";

const NON_ASCII = 0x80;

/** Size below which unmasking byte by byte is faster than creating a view of words. */
const MIN_WORDS_BYTES = 128;

function unmaskBytes(bytes: Buffer, mask: number, start: number, end: number, phase: number): void {
  for (let index = start, turn = phase; index < end; index++, turn++) {
    bytes[index] = (bytes[index] ?? 0) ^ (mask >>> ((turn & 3) << 3));
  }
}

/** Unmasks four bytes at a time, from a 4-byte boundary of the underlying memory. */
function unmaskWords(bytes: Buffer, mask: number, start: number, end: number): void {
  const lead = -(bytes.byteOffset + start) & 3;
  const count = (end - start - lead) >> 2;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + start + lead, count);
  const turned = lead === 0 ? mask : (mask >>> (lead << 3)) | (mask << (32 - (lead << 3)));
  for (let index = 0; index < count; index++) words[index] = (words[index] ?? 0) ^ turned;
  unmaskBytes(bytes, mask, start, start + lead, 0);
  unmaskBytes(bytes, mask, start + lead + 4 * count, end, lead);
}

/**
 * Unmasks a payload in place (RFC 6455, section 5.3). The mask is the four bytes before `start`.
 */
export function unmask(bytes: Buffer, start: number, end: number): void {
  const mask = bytes.readInt32LE(start - 4);
  if (mask === 0) return;
  if (end - start < MIN_WORDS_BYTES) unmaskBytes(bytes, mask, start, end, 0);
  else unmaskWords(bytes, mask, start, end);
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  let bits = 0;
  for (let index = start; index < end; index++) bits |= bytes[index] ?? 0;
  return bits < NON_ASCII;
}

/**
 * Returns the text of a payload, or undefined if it is not UTF-8. Short ASCII, the most common
 * case, needs no view of its bytes.
 */
export function textOf(bytes: Buffer, start: number, end: number): string | undefined {
  if (end - start < MIN_WORDS_BYTES && isAscii(bytes, start, end))
    return bytes.toString("latin1", start, end);
  return isUtf8(bytes.subarray(start, end)) ? bytes.toString("utf8", start, end) : undefined;
}
