import { type Effect, NOTHING, type TransportTraits } from "./effects.ts";
import { NOOP, type OutgoingPacket } from "../packet.ts";
import { payloadSize } from "../payload-size.ts";

/**
 * The approximate memory cost (bytes) of a packet besides its payload, so that queued empty
 * messages have a weight.
 */
const PACKET_COST = 64;

/** The empty list, shared because nearly all sessions have no queued packets. */
const NONE: readonly OutgoingPacket[] = Object.freeze([]);

/** The session's state of a transport. */
export interface TransportState extends TransportTraits {
  /** True while the transport takes one batch. */
  granted: boolean;
}

/** The readable part of an outbox. */
export interface OutboxView {
  readonly packets: readonly OutgoingPacket[];
  /** Total size of the payloads. */
  readonly bytes: number;
  /** Memory (bytes) of the packets: payloads and the cost per packet. */
  readonly weight: number;
  /**
   * True while the current transport takes a batch, because it has sent most or all of the previous
   * one.
   */
  readonly granted: boolean;
}

/** The packets queued for the current transport, in order, and the state of that transport. */
export class Outbox implements OutboxView {
  #polled: boolean;
  #granted = false;
  /** Undefined while there is none. */
  #packets: OutgoingPacket[] | undefined;
  #bytes = 0;

  constructor(traits: TransportTraits) {
    this.#polled = traits.polled;
  }

  get packets(): readonly OutgoingPacket[] {
    return this.#packets ?? NONE;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get weight(): number {
    return this.#bytes + this.packets.length * PACKET_COST;
  }

  get polled(): boolean {
    return this.#polled;
  }

  get granted(): boolean {
    return this.#granted;
  }

  grant(): void {
    this.#granted = true;
  }

  push(packet: OutgoingPacket): void {
    if (this.#packets === undefined) this.#packets = [packet];
    else this.#packets.push(packet);
    this.#bytes += payloadSize(packet.data);
  }

  putFirst(packets: readonly OutgoingPacket[]): void {
    if (packets.length === 0) return;
    this.#packets = [...packets, ...this.packets];
    for (const packet of packets) this.#bytes += payloadSize(packet.data);
  }

  /**
   * Hands over all packets as one batch, if there are any and the transport grants it. The array is
   * not copied.
   */
  drain(): readonly Effect[] {
    return this.#granted ? this.empty() : NOTHING;
  }

  /**
   * Hands over all packets as one batch, granted or not; without a grant only as the last batch of
   * a transport that is not polled.
   */
  empty(): readonly Effect[] {
    const batch = this.#packets;
    if (batch === undefined) return NOTHING;
    this.#packets = undefined;
    this.#bytes = 0;
    return [this.transmit(batch)];
  }

  /** Sends a separate batch ahead of the queued packets. */
  transmit(batch: readonly OutgoingPacket[]): Effect {
    this.#granted = false;
    return { kind: "transmit", wire: "current", batch };
  }

  /** Answers a pending poll, if there is one, with a noop packet. */
  releasePoll(): readonly Effect[] {
    return this.#polled && this.#granted ? [this.transmit([NOOP])] : NOTHING;
  }

  /** Moves the queued packets to another transport, with its grant. */
  moveTo(wire: TransportState): void {
    this.#polled = wire.polled;
    this.#granted = wire.granted;
  }
}
