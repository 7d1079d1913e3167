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

const PING = 0x32;
const CLOSE = 8;

/** Counts the messages in what a server sends, without looking into them further than it takes to find heartbeats. */
export class FrameCounter {
  /** Heartbeats that have come and were not answered yet. */
  pings = 0;
  #rest: Buffer | undefined;

  /** How many messages came to their end in `chunk`; heartbeats and the closing frame are none. */
  push(chunk: Buffer): number {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let messages = 0;
    let at = 0;
    for (let end = endOfFrame(bytes, at); end <= bytes.length; end = endOfFrame(bytes, at)) {
      if (end - at === 3 && bytes[at + 2] === PING) this.pings++;
      else if (((bytes[at] ?? 0) & 0x0f) < CLOSE) messages++;
      at = end;
    }
    this.#rest = at < bytes.length ? bytes.subarray(at) : undefined;
    return messages;
  }
}

/** Beyond the bytes if the frame, or its header, is not whole. */
function endOfFrame(bytes: Buffer, at: number): number {
  if (bytes.length < at + 2) return Number.POSITIVE_INFINITY;
  const length = (bytes[at + 1] ?? 0) & 0x7f;
  if (length < 126) return at + 2 + length;
  if (length === 126)
    return bytes.length < at + 4 ? Number.POSITIVE_INFINITY : at + 4 + bytes.readUInt16BE(at + 2);
  return bytes.length < at + 10 ? Number.POSITIVE_INFINITY : at + 10 + Number(bytes.readBigUInt64BE(at + 2));
}
