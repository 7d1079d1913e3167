import { type Effect, NOTHING, type TransportTraits } from "./effects.ts";
import type { TransportState } from "./outbox.ts";
import type { OutgoingPacket } from "../packet.ts";

/** Times are in milliseconds. */
export interface CandidateConfig {
  /** From the arrival of a candidate wire to the packet that commits the upgrade. */
  readonly upgradeTimeout: number;
  /** While a candidate is probed, a pending poll is answered with a noop this long after the probe, and again. */
  readonly noopInterval: number;
}

/** What is due: nothing yet, an answer to the poll that holds the peer back, or the end of the attempt. */
export type CandidateStep = "wait" | "release-poll" | "expired";

const PROBE_PONG: OutgoingPacket = { type: "pong", data: "probe" };

/** A wire that an upgrade is probing (engine-protocol, "Upgrade"). */
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

  /** The answer to a probe that came while the wire granted nothing. Further probes until the grant add nothing to it. */
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
