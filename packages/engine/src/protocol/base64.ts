/** Standard base64 with padding, without a copy of the bytes. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** Lenient, as every peer is used to: what is no base64 is skipped. */
export function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, "base64");
}
