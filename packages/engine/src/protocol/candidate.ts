import type { WireTraits } from "./effects.ts";

/** What the session remembers of a wire. */
export interface WireState extends WireTraits {
  /** True while the wire takes one batch. */
  granted: boolean;
}

/** Times are in milliseconds. */
export interface CandidateConfig {
  /** From the arrival of a candidate wire to the packet that commits the upgrade. */
  readonly upgradeTimeout: number;
  /** While a candidate is probed, a pending poll is answered with a noop this long after the probe, and again. */
  readonly noopInterval: number;
}

/** What is due: nothing yet, an answer to the poll that holds the peer back, or the end of the attempt. */
export type CandidateStep = "wait" | "release-poll" | "expired";

/** A wire that an upgrade is probing (engine-protocol, "Upgrade"). */
export class Candidate {
  readonly wire: WireState;
  /** A probe came while the wire granted nothing. Further probes until the grant add nothing to it. */
  pongDue = false;
  readonly #noopInterval: number;
  readonly #expiry: number;
  #noopAt = Infinity;

  constructor(traits: WireTraits, config: CandidateConfig, now: number) {
    this.wire = { polled: traits.polled, granted: false };
    this.#noopInterval = config.noopInterval;
    this.#expiry = now + config.upgradeTimeout;
  }

  get deadline(): number {
    return Math.min(this.#expiry, this.#noopAt);
  }

  probed(now: number): void {
    this.pongDue = true;
    this.#noopAt = now + this.#noopInterval;
  }

  elapse(now: number): CandidateStep {
    if (now >= this.#expiry) return "expired";
    if (now < this.#noopAt) return "wait";
    this.#noopAt = now + this.#noopInterval;
    return "release-poll";
  }
}
