const NOTHING = Buffer.alloc(0);

/**
 * A buffer that grows as chunks arrive. Every chunk is copied, so that the memory it was read into
 * can be freed. The capacity doubles: time and memory are proportional to the received bytes,
 * however small the chunks are, and an empty chunk costs nothing.
 */
export class GrowingBytes {
  readonly #limit: number;
  #room: Buffer;
  #length = 0;

  /**
   * `limit` is an upper bound of the size, announced or allowed, and is not reserved. `arrived` are
   * the bytes that will be appended next.
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
