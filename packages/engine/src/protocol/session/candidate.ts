import { type Effect, NOTHING, type TransportTraits } from "./effects.ts";
import type { TransportState } from "./outbox.ts";
import type { OutgoingPacket } from "../packet.ts";

/** Times are in milliseconds. */
export interface CandidateConfig {
  /** Timeout from the arrival of a candidate transport to the packet that commits the upgrade. */
  readonly upgradeTimeout: number;
  /**
   * Delay after the probe until a pending poll is answered with a noop, and between further noops,
   * while a candidate is probed.
   */
  readonly noopInterval: number;
}

/**
 * What is due: nothing yet, a response to the poll that blocks the peer, or the end of the upgrade
 * attempt.
 */
export type CandidateStep = "wait" | "release-poll" | "expired";

const PROBE_PONG: OutgoingPacket = { type: "pong", data: "probe" };

/** A candidate transport, probed by an upgrade (engine-protocol, "Upgrade"). */
export class Candidate {
  readonly wire: TransportState;
  readonly #noopInterval: number;
  readonly #expiry: number;
  #noopAt = Infinity;
  #pongDue = false;

  constructor(traits: TransportTraits, config: CandidateConfig, now: number) {
    this.wire = { polled: traits.polled, granted: false };
    this.#noopInterval = config.noopInterval;
    this.#expiry = now + config.upgradeTimeout;
  }

  get deadline(): number {
    return Math.min(this.#expiry, this.#noopAt);
  }

  /**
   * The pending response to a probe, which arrived without a grant. Further probes until the grant
   * add nothing.
   */
  get unsent(): readonly OutgoingPacket[] {
    return this.#pongDue ? [PROBE_PONG] : [];
  }

  grant(): readonly Effect[] {
    this.wire.granted = true;
    return this.#answer();
  }

  probed(now: number): readonly Effect[] {
    this.#pongDue = true;
    this.#noopAt = now + this.#noopInterval;
    return this.#answer();
  }

  elapse(now: number): CandidateStep {
    if (now >= this.#expiry) return "expired";
    if (now < this.#noopAt) return "wait";
    this.#noopAt = now + this.#noopInterval;
    return "release-poll";
  }
  #answer(): readonly Effect[] {
    if (!this.#pongDue || !this.wire.granted) return NOTHING;
    this.#pongDue = false;
    this.wire.granted = false;
    return [{ kind: "transmit", wire: "candidate", batch: [PROBE_PONG] }];
  }
}
