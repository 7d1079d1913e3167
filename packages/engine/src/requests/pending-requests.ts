import type { ServerResponse } from "node:http";
import type { Refusal } from "../refusal.ts";
import type { Alarm, Clock } from "../time/clock.ts";

export const TOO_MANY_HANDSHAKES: Refusal = { code: "TOO_MANY_HANDSHAKES", context: {} };
export const HANDSHAKE_TIMEOUT: Refusal = { code: "HANDSHAKE_TIMEOUT", context: {} };

/**
 * The maximum number of requests that await the application, and their timeout (ms). Read on use.
 */
export interface PatienceLimits {
  readonly maxPendingHandshakes: number;
  readonly handshakeTimeout: number;
}

/**
 * A request that awaits a middleware, `allowRequest` or `generateId`. It ends with their decision,
 * with the end of the response, or on timeout; only the last calls `onTimeout`.
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

/** The requests that await the application, within the engine's limits. */
export class PendingRequests {
  readonly #limits: PatienceLimits;
  readonly #clock: Clock;
  readonly #pending = new Set<PendingDecision>();

  constructor(limits: PatienceLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * Registers a request; returns undefined when too many are pending. `response` is given if
   * middlewares may answer the request themselves without deciding: the request is then pending
   * only while the response is open.
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
