import { type Packet, PacketType } from "@skein/parser";
import { ownText } from "../runtime/own-text.ts";
import type { Refusal } from "../application/refusal.ts";

/**
 * Converts a packet of a revision 3 client to the current form: removes the query from the
 * namespace, and uses it as payload of a CONNECT (socketio-protocol, "v4 clients over EIO=3").
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

/** Returns the socket id that such a client derives by itself. */
export function legacySocketId(namespace: string, connectionId: string): string {
  return namespace === "/" ? connectionId : `${namespace}#${connectionId}`;
}

/** Returns the CONNECT_ERROR payload for such a client: the refusal's data, or else its message. */
export function legacyRefusal({ message, data }: Refusal): unknown {
  return data || message;
}
