import * as reference from "socket.io-parser";
import { describe, expect, it } from "vitest";
import { Decoder, isPacketValid, PacketType } from "../index.ts";

const DATA = [
  undefined,
  null,
  "text",
  1,
  {},
  { message: "no" },
  [],
  ["name"],
  ["connect"],
  [1],
  [{}],
  [null],
];
const TYPES = [0, 1, 2, 3, 4, 5, 6, 7, -1, "2", undefined];

describe("isPacketValid", () => {
  it("says of every type and shape of data what the published parser says", () => {
    for (const type of TYPES)
      for (const data of DATA) {
        const packet = { type, data, nsp: "/" } as unknown as reference.Packet;
        expect([packet, isPacketValid(packet)]).toEqual([packet, reference.isPacketValid(packet)]);
      }
  });

  it.each([
    { type: 2, data: ["x"] },
    { type: 2, data: ["x"], nsp: 1 },
    { type: 2, data: ["x"], nsp: "/", id: "1" },
    { type: 2, data: ["x"], nsp: "/", id: 1.5 },
    { type: 2, data: ["x"], nsp: "/", id: 1 },
  ])("says of %j what the published parser says", (packet) => {
    expect(isPacketValid(packet)).toBe(reference.isPacketValid(packet as unknown as reference.Packet));
  });

  it.each([undefined, null, 1, "packet"])("is false for %s, which is no packet at all", (value) => {
    expect(isPacketValid(value)).toBe(false);
  });
});

describe("the packet types", () => {
  it("have the names and numbers of the published parser", () => {
    expect(reference.PacketType).toMatchObject(PacketType);
  });

  it.each(["0", "1", "1/admin,"])("leave %s without a key for data", (text) => {
    const keys: string[][] = [];
    for (const decoder of [new Decoder(), new reference.Decoder()]) {
      decoder.on("decoded", (packet: object) => keys.push(Object.keys(packet)));
      decoder.add(text);
    }
    expect(keys).toEqual([
      ["type", "nsp"],
      ["type", "nsp"],
    ]);
  });
});
