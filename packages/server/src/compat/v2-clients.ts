import { type Packet, PacketType } from "@skein/parser";
import { ownText } from "../runtime/own-text.ts";
import type { Refusal } from "../application/refusal.ts";

/**
 * A packet of a client of revision 3, as one of today's: a query in the namespace's name is no part of it, and with a
 * CONNECT it is what the client tells of itself (socketio-protocol, "v4 clients over EIO=3").
 */
export function normaliseV4Packet(packet: Packet): Packet {
  const start = packet.nsp.indexOf("?");
  if (start < 0) return packet;
  const query = new URLSearchParams(packet.nsp.slice(start + 1));
  const modern: Packet = { ...packet, nsp: packet.nsp.slice(0, start) };
  if (packet.type === PacketType.CONNECT)
    modern.data = Object.fromEntries([...query].map((field) => field.map(ownText)));
  return modern;
}

/** The id under which such a client knows its socket, without being told. */
export function legacySocketId(namespace: string, connectionId: string): string {
  return namespace === "/" ? connectionId : `${namespace}#${connectionId}`;
}

/** Payload of the CONNECT_ERROR with which a middleware refuses such a client: the data, or else the message. */
export function legacyRefusal({ message, data }: Refusal): unknown {
  return data || message;
}
