import { describe, expect, it } from "vitest";
import { codecFor } from "../codec.ts";
import type { OutgoingPacket, ReceivedPacket } from "../../packet.ts";
import { decodeBinaryPayload } from "./payload-codec.ts";

const { payloads } = codecFor(3);
const euro: OutgoingPacket = { type: "message", data: "€" };
const binary: OutgoingPacket = { type: "message", data: Uint8Array.of(1, 2, 3) };
const MIXED = Buffer.from("0004ff34e282ac0104ff04010203", "hex");

/** What a consumer gets of a body until its end or its first bad packet. */
function read(body: string | Uint8Array): { packets: ReceivedPacket[]; code: unknown } {
  const packets: ReceivedPacket[] = [];
  try {
    const source = typeof body === "string" ? payloads.decodeText(body) : decodeBinaryPayload(body);
    for (const packet of source) packets.push(packet);
    return { packets, code: undefined };
  } catch (error) {
    return { packets, code: error instanceof Error && "code" in error ? error.code : error };
  }
}

describe("a text payload of revision 3", () => {
  it("gives the length of each packet in UTF-16 code units", () => {
    expect(payloads.encode([{ type: "message", data: "hello" }, euro], false)).toBe("6:4hello2:4€");
    expect(payloads.encode([{ type: "message", data: "😀" }], false)).toBe("3:4😀");
    expect(read("6:4hello2:4€3:4😀").packets).toEqual([
      { type: "message", data: "hello" },
      { type: "message", data: "€" },
      { type: "message", data: "😀" },
    ]);
  });

  it("of nothing is 0:, which holds no packet", () => {
    expect(payloads.encode([], false)).toBe("0:");
    expect(read("0:")).toEqual({ packets: [], code: undefined });
  });

  it("holds binary in base64 for a peer that asks for it", () => {
    const batch = [
      { type: "message", data: "€" },
      { type: "message", data: Uint8Array.of(1, 2, 3, 4) },
    ] as const;
    expect(payloads.encode(batch, true)).toBe("2:4€10:b4AQIDBA==");
    expect(read("2:4€10:b4AQIDBA==").packets).toEqual([
      { type: "message", data: "€" },
      { type: "message", data: Buffer.of(1, 2, 3, 4) },
    ]);
  });

  it.each([
    "",
    ":",
    ":4",
    "4",
    "2",
    "3:4a",
    "-1:4",
    "1e1:4",
    "01",
    "x:4",
    "999999999999999999999:4",
    "1:7",
    " 1:4",
  ])("is refused when it is %j", (body) => {
    expect(read(body)).toEqual({ packets: [], code: "PARSE_ERROR" });
  });

  it("gives the packets before a bad one", () => {
    expect(read("2:4a5:4b")).toEqual({ packets: [{ type: "message", data: "a" }], code: "PARSE_ERROR" });
  });

  it("of many tiny packets, or of one endless length, takes time in proportion to its size", () => {
    expect(read("1:4".repeat(300_000)).packets).toHaveLength(300_000);
    expect(read("0:".repeat(500_000)).packets).toHaveLength(0);
    expect(read("0".repeat(1_000_000)).code).toBe("PARSE_ERROR");
    expect(read("1".repeat(1_000_000)).code).toBe("PARSE_ERROR");
  });
});

describe("a binary payload of revision 3", () => {
  it("gives each packet a kind, its length in bytes as digits, and a mark", () => {
    expect(payloads.encode([euro, binary], false)).toEqual(MIXED);
    expect(read(MIXED).packets).toEqual([
      { type: "message", data: "€" },
      { type: "message", data: Buffer.of(1, 2, 3) },
    ]);
  });

  it("writes one digit a byte for longer packets", () => {
    const payload = payloads.encode([{ type: "message", data: new Uint8Array(299) }], false);
    expect(payload.slice(0, 6)).toEqual(Buffer.of(1, 3, 0, 0, 0xff, 4));
  });

  it("replaces lone surrogates", () => {
    const payload = payloads.encode([{ type: "message", data: "\ud800" }, binary], false);
    expect(Buffer.from(payload).subarray(0, 7).toString("hex")).toBe("0004ff34efbfbd");
  });

  it("is decoded within the window of a view", () => {
    const view = new Uint8Array(Buffer.concat([Buffer.of(9), MIXED, Buffer.of(9)])).subarray(
      1,
      1 + MIXED.length,
    );
    expect(read(view)).toEqual(read(MIXED));
  });

  it.each([
    "",
    "00",
    "0001",
    "00ff34",
    "01ff",
    "0101ff",
    "0100ff",
    "0201ff34",
    "000aff34",
    "0002ff34",
    "0101ff02",
    "0001ff37",
    `00${"09".repeat(311)}ff34`,
  ])("is refused when it is %s", (hex) => {
    expect(read(Buffer.from(hex, "hex"))).toEqual({ packets: [], code: "PARSE_ERROR" });
  });

  it("gives the packets before a bad one", () => {
    const { packets, code } = read(Buffer.concat([MIXED, Buffer.of(7)]));
    expect([packets.length, code]).toEqual([2, "PARSE_ERROR"]);
  });

  it("of many tiny packets, or of one endless length, takes time in proportion to its size", () => {
    expect(read(Buffer.from("0001ff34".repeat(250_000), "hex")).packets).toHaveLength(250_000);
    expect(read(Buffer.alloc(1_000_000)).code).toBe("PARSE_ERROR");
  });
});
