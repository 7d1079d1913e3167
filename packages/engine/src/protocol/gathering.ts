/** A gathering that has more to come than it has room for gets this much at first. */
const FIRST_ROOM = 1024;

/**
 * Bytes that come in pieces, up to a number that was announced. Room grows with what has come, because an announcement
 * costs its sender nothing.
 */
export class Gathering {
  readonly size: number;
  #bytes: Buffer;
  #filled = 0;

  constructor(size: number) {
    this.size = size;
    this.#bytes = Buffer.allocUnsafe(Math.min(size, FIRST_ROOM));
  }

  get missing(): number {
    return this.size - this.#filled;
  }

  /** All of the bytes, once none is missing. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  add(piece: Uint8Array): void {
    const end = this.#filled + piece.byteLength;
    if (end > this.#bytes.byteLength) this.#grow(end);
    this.#bytes.set(piece, this.#filled);
    this.#filled = end;
  }

  /** Twice as large each time, so that the copying stays in proportion to the bytes. */
  #grow(least: number): void {
    const larger = Buffer.allocUnsafe(Math.min(this.size, Math.max(least, this.#bytes.byteLength * 2)));
    larger.set(this.#bytes.subarray(0, this.#filled));
    this.#bytes = larger;
  }
}
