import type { EventEmitter } from "node:events";
import type { OutgoingPacket } from "./protocol/packet.ts";
import { PreparedMessage } from "./protocol/prepared-message.ts";
import { rethrowLater } from "./rethrow.ts";

/**
 * Emits an event of the public edge in the middle of work that must go on. What a listener throws is the application's
 * own error, and reaches the process as uncaught afterwards.
 */
export function emitContained(events: EventEmitter | undefined, event: string, ...values: unknown[]): void {
  try {
    events?.emit(event, ...values);
  } catch (error) {
    rethrowLater(error);
  }
}

/** The packet as listeners see it: with its text or bytes, however it was prepared. */
export function shownPacket(packet: OutgoingPacket): OutgoingPacket {
  return packet.data instanceof PreparedMessage ? { ...packet, data: packet.data.data } : packet;
}
