import type { SendCallback } from "../connection.ts";
import type { TransportView } from "./transport-view.ts";
import type { OutgoingPacket } from "../protocol/packet.ts";
import { callContained } from "../time/rethrow-later.ts";

/** Who waits for packets to be handed to a transport. Most connections never need one. */
export class SendCallbacks {
  readonly #waiting = new Map<OutgoingPacket, SendCallback>();

  get size(): number {
    return this.#waiting.size;
  }

  add(packet: OutgoingPacket, callback: SendCallback): void {
    this.#waiting.set(packet, callback);
  }

  /** Calls those that waited for packets of this batch, in its order, each once. */
  settle(batch: readonly OutgoingPacket[], transport: TransportView): void {
    for (const packet of batch) {
      const callback = this.#waiting.get(packet);
      this.#waiting.delete(packet);
      if (callback !== undefined) callContained(() => callback(transport));
    }
  }
}
