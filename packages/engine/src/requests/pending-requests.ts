import type { ServerResponse } from "node:http";
import type { Refusal } from "../refusal.ts";
import type { Alarm, Clock } from "../time/clock.ts";

export const TOO_MANY_HANDSHAKES: Refusal = { code: "TOO_MANY_HANDSHAKES", context: {} };
export const HANDSHAKE_TIMEOUT: Refusal = { code: "HANDSHAKE_TIMEOUT", context: {} };

/** How many requests may wait for the application, and for how many milliseconds each. Read when used. */
export interface PatienceLimits {
  readonly maxPendingHandshakes: number;
  readonly handshakeTimeout: number;
}

/**
 * A request that waits for the application: for a middleware, `allowRequest` or `generateId`. It ends when they have
 * decided, when the response is gone, or when its time is up; only then `onTimeout` is called.
 */
export class PendingDecision implements Alarm {
  readonly #owner: PendingRequests;
  readonly #onTimeout: () => void;
  #response: ServerResponse | undefined;

  constructor(owner: PendingRequests, response: ServerResponse | undefined, onTimeout: () => void) {
    this.#owner = owner;
    this.#onTimeout = onTimeout;
    this.#response = response?.once("close", this.#end);
  }

  end(): void {
    this.#response?.off("close", this.#end);
    this.#response = undefined;
    this.#owner.forget(this);
  }

  ring(): void {
    this.end();
    this.#onTimeout();
  }

  readonly #end = (): void => this.end();
}

/** The requests that wait for the application, within the limits of the engine. */
export class PendingRequests {
  readonly #limits: PatienceLimits;
  readonly #clock: Clock;
  readonly #pending = new Set<PendingDecision>();

  constructor(limits: PatienceLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * Undefined when too many wait already. `response` is given where others may answer the request themselves and never
   * decide: it is waited for no longer than the response is open.
   */
  begin(response: ServerResponse | undefined, onTimeout: () => void): PendingDecision | undefined {
    if (this.#pending.size >= this.#limits.maxPendingHandshakes) return undefined;
    const decision = new PendingDecision(this, response, onTimeout);
    this.#pending.add(decision);
    this.#clock.arm(decision, this.#clock.now() + this.#limits.handshakeTimeout);
    return decision;
  }

  forget(decision: PendingDecision): void {
    if (this.#pending.delete(decision)) this.#clock.disarm(decision);
  }
}
