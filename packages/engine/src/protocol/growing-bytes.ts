const NOTHING = Buffer.alloc(0);

/**
 * Bytes that arrive in pieces, gathered in one buffer. Every piece is copied, so that it keeps
 * nothing alive of the memory that it was read into. The room doubles: time and memory are in
 * proportion to the bytes that have arrived, however small the pieces are, and an empty piece costs
 * nothing.
 */
export class GrowingBytes {
  readonly #limit: number;
  #room: Buffer;
  #length = 0;

  /**
   * `limit`: bytes that will never be exceeded, announced or allowed; none of them is reserved.
   * `arrived`: bytes that have arrived and are about to be appended.
   */
  constructor(limit = Infinity, arrived = 0) {
    this.#limit = limit;
    this.#room = arrived === 0 ? NOTHING : Buffer.allocUnsafe(arrived);
  }

  get length(): number {
    return this.#length;
  }

  /** All bytes so far, without a copy: nothing may be appended while this view is in use. */
  get bytes(): Buffer {
    return this.#room.subarray(0, this.#length);
  }

  append(piece: Uint8Array): void {
    const length = this.#length + piece.byteLength;
    if (length > this.#room.byteLength) this.#grow(length);
    this.#room.set(piece, this.#length);
    this.#length = length;
  }

  #grow(length: number): void {
    const doubled = Math.min(2 * this.#room.byteLength, this.#limit);
    const room = Buffer.allocUnsafe(Math.max(length, doubled));
    room.set(this.bytes);
    this.#room = room;
  }
}
