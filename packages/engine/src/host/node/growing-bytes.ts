/**
 * Bytes that come in pieces. What is appended is copied, so that no piece keeps the large memory alive that it was read
 * into, and the room doubles, so that the cost is linear in the bytes however small the pieces are.
 */
export class GrowingBytes {
  #room: Buffer;
  #length = 0;

  constructor(first: Uint8Array) {
    this.#room = Buffer.allocUnsafe(first.byteLength);
    this.append(first);
  }

  get length(): number {
    return this.#length;
  }

  /** All that was appended. Not a copy: nothing may be appended any more. */
  get bytes(): Buffer {
    return this.#room.subarray(0, this.#length);
  }

  append(piece: Uint8Array): void {
    const length = this.#length + piece.byteLength;
    if (length > this.#room.byteLength) this.#grow(Math.max(length, 2 * this.#room.byteLength));
    this.#room.set(piece, this.#length);
    this.#length = length;
  }

  #grow(size: number): void {
    const room = Buffer.allocUnsafe(size);
    room.set(this.bytes);
    this.#room = room;
  }
}
