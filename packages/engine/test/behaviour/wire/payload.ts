import { SEPARATOR } from "@skein/testkit";
import type { Revision } from "../mode.ts";

/** A packet as text, such as `4hello`; or the bytes of a binary message. */
export type Packet = string | Buffer;

function textOf(packet: Packet, revision: Revision): string {
  if (typeof packet === "string") return packet;
  return `${revision === 4 ? "b" : "b4"}${packet.toString("base64")}`;
}

function packetOf(text: string, revision: Revision): Packet {
  const mark = revision === 4 ? "b" : "b4";
  return text.startsWith(mark) ? Buffer.from(text.slice(mark.length), "base64") : text;
}

/**
 * Encodes a polling body as text, binary in base64: written from the protocol, independent of the
 * code under test.
 */
export function encodePayload(packets: readonly Packet[], revision: Revision): string {
  const texts = packets.map((packet) => textOf(packet, revision));
  if (revision === 4) return texts.join(SEPARATOR);
  return texts.map((text) => `${text.length}:${text}`).join("");
}

export function decodePayload(body: Buffer, binary: boolean, revision: Revision): Packet[] {
  if (binary) return decodeBytes(body);
  const text = body.toString();
  if (revision === 4) return text.split(SEPARATOR).map((item) => packetOf(item, revision));
  const packets: Packet[] = [];
  for (let at = 0; at < text.length; ) {
    const colon = text.indexOf(":", at);
    const end = colon + 1 + Number(text.slice(at, colon));
    packets.push(packetOf(text.slice(colon + 1, end), revision));
    at = end;
  }
  return packets;
}

function decodeBytes(body: Buffer): Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at < body.length; ) {
    const start = body.indexOf(0xff, at) + 1;
    const length = Number(body.subarray(at + 1, start - 1).join(""));
    const content = body.subarray(start, start + length);
    packets.push(body[at] === 1 ? content.subarray(1) : content.toString());
    at = start + length;
  }
  return packets;
}
