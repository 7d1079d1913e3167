import type { Packet, PacketDecoder, Parser } from "@skein/parser";
import { describe, expect, it } from "vitest";

const EVENT = 2;
const ACK = 3;

/** Optional features of a parser, with the reason for their absence as the value. */
export type ParserLimits = Partial<Record<"binary" | "refuses-garbage", string>>;

/**
 * Tests of the guarantees of the `Parser` interface, on which a server relies with any parser.
 * Payload shapes and wire formats are specific to each parser.
 */
export function parserConformance(
  name: string,
  { Encoder, Decoder }: Parser,
  lacks: ParserLimits = {},
): void {
  /** Encodes `packets`, decodes their parts one by one, and returns all decoded packets. */
  function travel(packets: readonly Packet[], decoder: PacketDecoder = new Decoder()): Packet[] {
    const arrived: Packet[] = [];
    decoder.on("decoded", (packet) => arrived.push(packet));
    const encoder = new Encoder();
    for (const packet of packets) {
      for (const part of encoder.encode(packet))
        decoder.add(typeof part === "string" ? part : Buffer.from(part));
    }
    return arrived;
  }

  describe(`${name} as a parser`, () => {
    it.each<[string, Packet]>([
      ["a CONNECT without data", { type: 0, nsp: "/" }],
      ["a CONNECT with auth to a namespace", { type: 0, nsp: "/admin", data: { token: "123" } }],
      ["a DISCONNECT", { type: 1, nsp: "/admin" }],
      ["an event", { type: EVENT, nsp: "/", data: ["hello", 1, "2", { three: [true, null] }] }],
      ["an event that asks for an answer", { type: EVENT, nsp: "/admin", data: ["ask"], id: 456 }],
      ["an acknowledgement without values", { type: ACK, nsp: "/", data: [], id: 0 }],
      ["an acknowledgement", { type: ACK, nsp: "/admin", data: ["done", { at: 1 }], id: 12 }],
      ["a refusal", { type: 4, nsp: "/admin", data: { message: "no", data: { retry: 5 } } }],
    ])("brings over %s", (_what, packet) => {
      expect(travel([packet])).toEqual([expect.objectContaining(packet)]);
    });

    it.skipIf(lacks.binary !== undefined)("brings over bytes, wherever they stand", () => {
      const bytes = Buffer.from([0, 1, 2, 255]);
      const [arrived] = travel([{ type: EVENT, nsp: "/", data: ["file", { deep: [bytes] }, bytes], id: 3 }]);
      const data = arrived?.data as [string, { deep: [Uint8Array] }, Uint8Array];
      expect(arrived).toMatchObject({ type: EVENT, id: 3 });
      expect([...data[1].deep[0]]).toEqual([...bytes]);
      expect([...data[2]]).toEqual([...bytes]);
    });

    it("keeps the order of packets, and tells of each one once", () => {
      const packets = Array.from(
        { length: 50 },
        (_, index) => ({ type: EVENT, nsp: "/", data: ["n", index] }) as const,
      );
      expect(travel(packets).map(({ data }) => data)).toEqual(packets.map(({ data }) => data));
    });

    it("changes neither the packet nor what it holds", () => {
      const bytes = Buffer.from("abc");
      const data = ["file", { bytes, list: [1, { two: 2 }] }];
      const packet: Packet = { type: EVENT, nsp: "/n", data, id: 7 };
      new Encoder().encode(packet);
      expect(packet).toEqual({
        type: EVENT,
        nsp: "/n",
        data: ["file", { bytes, list: [1, { two: 2 }] }],
        id: 7,
      });
      expect(packet.data).toBe(data);
    });

    it("gives every connection a decoder of its own", () => {
      const first = travel([{ type: EVENT, nsp: "/", data: ["a"] }]);
      const second = travel([{ type: EVENT, nsp: "/", data: ["b"] }]);
      expect([first, second].map((packets) => packets.map(({ data }) => data))).toEqual([[["a"]], [["b"]]]);
    });

    it("throws at encoding what it can't bring over", () => {
      const circle: unknown[] = ["circle"];
      circle.push(circle);
      expect(() => new Encoder().encode({ type: EVENT, nsp: "/", data: circle })).toThrow(Error);
    });

    it.skipIf(lacks["refuses-garbage"] !== undefined)("throws at what is no packet", () => {
      expect(() => new Decoder().add("no packet at all")).toThrow(Error);
    });

    it("can be destroyed at any time, and more than once", () => {
      const decoder = new Decoder();
      decoder.destroy();
      decoder.destroy();
    });
  });
}
