import { type Effect, NOTHING, type TransportTraits } from "./effects.ts";
import { NOOP, type OutgoingPacket } from "../packet.ts";
import { payloadSize } from "../payload-size.ts";

/** About what a packet costs in memory besides its payload, in bytes: without it, empty messages would wait for nothing. */
const PACKET_COST = 64;

/** Shared, because that is how long the list of nearly all sessions is. */
const NONE: readonly OutgoingPacket[] = Object.freeze([]);

/** What the session remembers of a wire. */
export interface TransportState extends TransportTraits {
  /** True while the wire takes one batch. */
  granted: boolean;
}

/** What an outbox tells of itself. */
export interface OutboxView {
  readonly packets: readonly OutgoingPacket[];
  /** Size of the payloads. */
  readonly bytes: number;
  /** Bytes that the packets take, with what each costs besides its payload. */
  readonly weight: number;
  /** True while the current wire takes a batch: it has little or nothing left of what it was handed before. */
  readonly granted: boolean;
}

/** The packets that wait for the current wire, in order, and what that wire takes. */
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

  /** All packets as one batch, if there are any and the wire takes it. The array itself is handed over. */
  drain(): readonly Effect[] {
    return this.#granted ? this.empty() : NOTHING;
  }

  /** All packets as one batch, with a grant or without. Without one only as the last batch of a wire that is no polled one. */
  empty(): readonly Effect[] {
    const batch = this.#packets;
    if (batch === undefined) return NOTHING;
    this.#packets = undefined;
    this.#bytes = 0;
    return [this.transmit(batch)];
  }

  /** A batch of its own, past what waits. */
  transmit(batch: readonly OutgoingPacket[]): Effect {
    this.#granted = false;
    return { kind: "transmit", wire: "current", batch };
  }

  /** Answers a pending poll, and nothing else, with a packet that says nothing. */
  releasePoll(): readonly Effect[] {
    return this.#polled && this.#granted ? [this.transmit([NOOP])] : NOTHING;
  }

  /** What waits will leave on another wire, with the grant that it has. */
  moveTo(wire: TransportState): void {
    this.#polled = wire.polled;
    this.#granted = wire.granted;
  }
}
