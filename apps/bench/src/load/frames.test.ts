import { describe, expect, it } from "vitest";
import { clientFrame, FrameCounter } from "./frames.ts";

/** An unmasked frame, as sent by a server. */
function serverFrame(payload: string | Uint8Array, first = 0x81): Buffer {
  const bytes = Buffer.from(payload);
  const { length } = bytes;
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), bytes]);
  if (length < 0x1_0000) {
    return Buffer.concat([Buffer.from([first, 126, length >> 8, length & 0xff]), bytes]);
  }
  const header = Buffer.alloc(10);
  header[0] = first;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, bytes]);
}

describe("the frames of the load", () => {
  it("have a mask that leaves the payload as it is", () => {
    expect(clientFrame("40")).toEqual(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]));
    expect(clientFrame(Buffer.alloc(300)).subarray(0, 8)).toEqual(
      Buffer.from([0x82, 0xfe, 1, 44, 0, 0, 0, 0]),
    );
  });

  it("are counted whatever their length and however they were cut", () => {
    const count = (texts: readonly string[], size: number) => {
      const stream = Buffer.concat(texts.map((text) => serverFrame(text)));
      const counter = new FrameCounter();
      let messages = 0;
      for (let at = 0; at < stream.length; at += size) {
        messages += counter.push(stream.subarray(at, at + size));
      }
      return messages;
    };
    for (const size of [1, 3, 1000]) expect(count(["a", "b".repeat(200), "c"], size)).toBe(3);
    for (const size of [1000, 100_000]) expect(count(["a", "b".repeat(70_000), "c"], size)).toBe(3);
  });

  it("are no messages if they are heartbeats or close the connection", () => {
    const counter = new FrameCounter();
    const stream = Buffer.concat([serverFrame("2"), serverFrame("42"), serverFrame("", 0x88)]);
    expect(counter.push(stream)).toBe(1);
    expect(counter.pings).toBe(1);
  });
});
