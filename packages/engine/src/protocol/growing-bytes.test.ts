import { array, assert, property, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { GrowingBytes } from "./growing-bytes.ts";

describe("growing bytes", () => {
  it("are all pieces in their order, whatever their sizes", () => {
    assert(
      property(array(uint8Array({ maxLength: 40 }), { maxLength: 30 }), (pieces) => {
        const growing = new GrowingBytes();
        for (const piece of pieces) growing.append(piece);
        expect(growing.bytes).toEqual(Buffer.concat(pieces));
      }),
    );
  });

  it("have room for twice their length at most, and for no more than their limit", () => {
    const growing = new GrowingBytes(100_000);
    for (let length = 1; length <= 100_000; length += 1) {
      growing.append(Uint8Array.of(0));
      // Small buffers are parts of a pool.
      const most = Math.max(Buffer.poolSize, Math.min(2 * length, 100_000));
      expect(growing.bytes.buffer.byteLength).toBeLessThanOrEqual(most);
    }
    expect(growing.bytes.buffer.byteLength).toBe(100_000);
  });

  it("take no room for empty pieces", () => {
    const growing = new GrowingBytes();
    for (let count = 0; count < 100_000; count += 1) growing.append(new Uint8Array(0));
    expect(growing.bytes.buffer.byteLength).toBe(0);
  });

  it("are a copy: a piece may be changed once it was appended", () => {
    const growing = new GrowingBytes();
    const piece = Uint8Array.of(1, 2);
    growing.append(piece);
    piece.fill(0);
    expect([...growing.bytes]).toEqual([1, 2]);
  });
});
