import { Decoder as PublishedDecoder } from "socket.io-parser";
import { describe, expect, test } from "vitest";
import { Decoder, ParserError } from "./index.ts";

/**
 * Decodes a text; the id is removed, because `socket.io-parser` reads white space in its place as
 * zero.
 */
function decoded(
  decoder: { on(event: "decoded", listener: (packet: object) => void): unknown; add(text: string): void },
  text: string,
) {
  const packets: object[] = [];
  decoder.on("decoded", (packet) => packets.push({ ...packet, id: undefined }));
  decoder.add(text);
  return packets;
}

const spaces = [" ", "\t", "\n", "\r\n  ", "\v\f", "\u00A0", "\u2028", "\uFEFF"];

describe.each(spaces)("white space %j", (space) => {
  test.each([
    ["behind a CONNECT", `0${space}`],
    ["behind the namespace of a CONNECT", `0/n,${space}`],
    ["behind the id of a CONNECT", `01${space}`],
    ["in front of the id of a CONNECT", `0${space}1`],
    ["behind a DISCONNECT", `1${space}`],
    ["behind the namespace of a DISCONNECT", `1/n,${space}`],
    ["behind a CONNECT_ERROR", `4${space}`],
    ["in front of a payload", `0${space}{"a":1}`],
    ["in front of an event", `2${space}["x"]`],
    ["between namespace and event", `2/n,${space}["x"]`],
    ["in front of the id of an event", `2${space}1["x"]`],
    ["between id and event", `21${space}["x"]`],
    ["between id and answer", `31${space}[]`],
    ["in the name of a namespace", `0/a${space}b,`],
  ])("%s is read as the published decoder reads it", (_, text) => {
    expect(decoded(new Decoder(), text)).toEqual(decoded(new PublishedDecoder(), text));
  });

  test.each([
    ["in place of an event", `2${space}`],
    ["in place of the type", `${space}0`],
    ["within the count of attachments", `51${space}-["x"]`],
  ])("%s is refused", (_, text) => {
    expect(() => new Decoder().add(text)).toThrow(ParserError);
  });

  test("in place of an id is no id, which the published decoder reads as zero", () => {
    expect(new Decoder().decode(`2${space}["x"]`)).toEqual({ type: 2, nsp: "/", data: ["x"] });
    expect(new Decoder().decode(`21${space}["x"]`)).toEqual({ type: 2, nsp: "/", data: ["x"], id: 1 });
  });
});
