import type { SendCallback } from "../connection.ts";
import type { TransportView } from "./transport-view.ts";
import type { OutgoingPacket } from "../protocol/packet.ts";
import { safeCall } from "../time/rethrow-later.ts";

/** Callbacks for packets that are handed to a transport. Most connections need none. */
export class SendCallbacks {
  readonly #waiting = new Map<OutgoingPacket, SendCallback>();

  get size(): number {
    return this.#waiting.size;
  }

  add(packet: OutgoingPacket, callback: SendCallback): void {
    this.#waiting.set(packet, callback);
  }

  /** Calls the callbacks of the packets in this batch, in order, each once. */
  settle(batch: readonly OutgoingPacket[], transport: TransportView): void {
    for (const packet of batch) {
      const callback = this.#waiting.get(packet);
      this.#waiting.delete(packet);
      if (callback !== undefined) safeCall(() => callback(transport));
    }
  }
}
