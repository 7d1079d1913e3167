/**
 * A masked client frame whose mask is zero, so that the payload travels as it is: it is built once and sent many times,
 * and costs the load nothing per message.
 */
export function clientFrame(payload: string | Uint8Array): Buffer {
  const binary = typeof payload !== "string";
  const bytes = binary ? payload : Buffer.from(payload);
  const extended = bytes.length < 126 ? 0 : 2;
  const frame = Buffer.alloc(6 + extended + bytes.length);
  frame[0] = binary ? 0x82 : 0x81;
  frame[1] = 0x80 | (extended === 0 ? bytes.length : 126);
  if (extended !== 0) frame.writeUInt16BE(bytes.length, 2);
  frame.set(bytes, 6 + extended);
  return frame;
}

/** Finds the borders of server frames in a stream, without looking into them. */
export class FrameCounter {
  #rest: Buffer | undefined;

  /** Calls `onFrame` with the place of each whole payload in `chunk`. */
  push(chunk: Buffer, onFrame: (bytes: Buffer, start: number, end: number) => void): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (;;) {
      const header = headerAt(bytes, at);
      if (header === undefined || header.end > bytes.length) break;
      onFrame(bytes, header.start, header.end);
      at = header.end;
    }
    this.#rest = at < bytes.length ? bytes.subarray(at) : undefined;
  }
}

function headerAt(bytes: Buffer, at: number): { start: number; end: number } | undefined {
  if (bytes.length < at + 2) return undefined;
  const short = (bytes[at + 1] ?? 0) & 0x7f;
  if (short < 126) return { start: at + 2, end: at + 2 + short };
  if (short === 126) {
    return bytes.length < at + 4 ? undefined : { start: at + 4, end: at + 4 + bytes.readUInt16BE(at + 2) };
  }
  return bytes.length < at + 10
    ? undefined
    : { start: at + 10, end: at + 10 + Number(bytes.readBigUInt64BE(at + 2)) };
}
