import type { BroadcastFlags } from "@skein/adapter";
import type { Connection, SendOptions } from "@skein/engine";
import type { PacketParts } from "../broadcast/topics/encoded-packet.ts";

const UNCOMPRESSED: SendOptions = { compress: false };

/**
 * Whether the peer takes what it was sent. Where much has been sent in this turn, or nothing may be sent, the wire
 * knows once it was handed all of it.
 */
function keepsUp(connection: Connection): boolean {
  if (connection.writable) return true;
  return connection.settle() && connection.writable;
}

/** Sends the parts of one packet, or none of them where they are volatile and the peer is slow. */
export function writePacket(connection: Connection, parts: PacketParts, flags: BroadcastFlags): void {
  if (flags.volatile === true && !keepsUp(connection)) return;
  const options = flags.compress === false ? UNCOMPRESSED : undefined;
  for (let index = 0; index < parts.length; index++) connection.send(parts[index] ?? "", options);
}
