/**
 * A masked client frame with a zero mask, so that the payload is sent as it is. It is built once
 * and sent many times, at no cost per message for the load.
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

/** Counts the messages from a server, reading them only as far as necessary to find heartbeats. */
export class FrameCounter {
  /** Number of received heartbeats that were not answered yet. */
  pings = 0;
  #rest: Buffer | undefined;

  /**
   * Returns the number of messages completed by `chunk`, without heartbeats and the close frame.
   */
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

/** Index after the frame; greater than the length if the frame or its header is incomplete. */
function endOfFrame(bytes: Buffer, at: number): number {
  if (bytes.length < at + 2) return Number.POSITIVE_INFINITY;
  const length = (bytes[at + 1] ?? 0) & 0x7f;
  if (length < 126) return at + 2 + length;
  if (length === 126)
    return bytes.length < at + 4 ? Number.POSITIVE_INFINITY : at + 4 + bytes.readUInt16BE(at + 2);
  return bytes.length < at + 10 ? Number.POSITIVE_INFINITY : at + 10 + Number(bytes.readBigUInt64BE(at + 2));
}
