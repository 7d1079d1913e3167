import { describe, expect, it } from "vitest";
import { codecFor } from "./codec.ts";
import type { ReceivedPacket } from "../packet.ts";

const { payloads } = codecFor(4);
const RS = "\u001e";

/** What a consumer gets of a body until its end or its first bad packet. */
function read(body: string): { packets: ReceivedPacket[]; code: unknown } {
  const packets: ReceivedPacket[] = [];
  try {
    for (const packet of payloads.decodeText(body)) packets.push(packet);
    return { packets, code: undefined };
  } catch (error) {
    return { packets, code: error instanceof Error && "code" in error ? error.code : error };
  }
}

describe("a payload of revision 4", () => {
  it("is its packets with a record separator between them", () => {
    const batch = [
      { type: "message", data: "hello" },
      { type: "ping" },
      { type: "message", data: Uint8Array.of(1, 2, 3, 4) },
    ] as const;
    expect(payloads.encode(batch, false)).toBe(`4hello${RS}2${RS}bAQIDBA==`);
    expect(read(`4hello${RS}2${RS}bAQIDBA==`).packets).toEqual([
      { type: "message", data: "hello" },
      { type: "ping" },
      { type: "message", data: Buffer.from([1, 2, 3, 4]) },
    ]);
  });

  it("of one packet has no separator", () => {
    expect(payloads.encode([{ type: "noop" }], false)).toBe("6");
    expect(read("6").packets).toEqual([{ type: "noop" }]);
  });

  it("gives the packets before a bad one, and none after it", () => {
    const message = { type: "message", data: "a" };
    expect(read(`4a${RS}x${RS}4b`)).toEqual({ packets: [message], code: "PARSE_ERROR" });
    expect(read(`4a${RS}${RS}4b`)).toEqual({ packets: [message], code: "PARSE_ERROR" });
    expect(read(`4a${RS}`)).toEqual({ packets: [message], code: "PARSE_ERROR" });
  });

  it("must not be empty", () => {
    expect(read("")).toEqual({ packets: [], code: "PARSE_ERROR" });
  });

  it("is decoded no further than its consumer reads", () => {
    const [first] = payloads.decodeText(`1${RS}x`);
    expect(first).toEqual({ type: "close" });
  });

  it("never comes as bytes", () => {
    expect(payloads.decodeBinary).toBeUndefined();
  });

  it("of a million tiny packets gives every one of them", () => {
    const { packets } = read(Array.from({ length: 1_000_000 }, () => "4").join(RS));
    expect(packets).toHaveLength(1_000_000);
  });
});
