import type { AckCallback } from "@skein/adapter";
import { callContained, type FailureListener } from "./contain.ts";
import { SkeinError } from "./errors.ts";
import { after, cancel, type Timer } from "./timers.ts";

/**
 * Who waits for an answer of the peer.
 * `answered` gets the arguments; `failed`, where there is one, is told that no answer will come.
 */
export interface AckWaiter {
  answered: AckCallback;
  failed?: (error: SkeinError) => void;
}

const WAITER = Symbol("waiter");

/** A callback that knows what to do when no answer comes, wherever it is handed through. */
interface SettledCallback extends AckCallback {
  readonly [WAITER]: AckWaiter;
}

/** A callback that settles a promise with the first value of the answer. */
export function settling(resolve: (value: never) => void, reject: (error: SkeinError) => void): AckCallback {
  const answered: AckCallback = (value) => resolve(value as never);
  return Object.assign(answered, { [WAITER]: { answered, failed: reject } });
}

/** The waiter that stands behind a callback; with a time-out it is given an error, or null, first. */
export function waiterOf(callback: AckCallback, withTimeout: boolean): AckWaiter {
  if (WAITER in callback) return (callback as SettledCallback)[WAITER];
  if (!withTimeout) return { answered: callback };
  return { answered: (...values) => callback(null, ...values), failed: callback };
}

/** A waiter whose own errors are told to `caught`, and are nothing to whoever settles it. */
export function containedWaiter({ answered, failed }: AckWaiter, caught: FailureListener): AckWaiter {
  const guarded: AckWaiter = { answered: (...values) => callContained(answered, undefined, values, caught) };
  if (failed !== undefined) guarded.failed = (error) => callContained(failed, undefined, [error], caught);
  return guarded;
}

interface Pending {
  readonly waiter: AckWaiter;
  readonly timer: Timer | undefined;
}

/**
 * The acknowledgements that one socket waits for, by packet id. Each is settled at most once: by the answer, by its
 * time-out, or by the end of the socket; answers after that, and answers to what was never asked, are ignored.
 */
export class PendingAcks {
  readonly #pending = new Map<number, Pending>();

  /** `timeout` in milliseconds; without one the waiter waits for as long as the socket lives. */
  expect(id: number, waiter: AckWaiter, timeout?: number): void {
    const timer = timeout === undefined ? undefined : after(timeout, () => this.#fail(id, "ACK_TIMEOUT"));
    this.#pending.set(id, { waiter, timer });
  }

  settle(id: number, args: readonly unknown[]): void {
    this.#take(id)?.answered(...args);
  }

  forget(id: number): void {
    this.#take(id);
  }

  /** The peer is gone: who waits without a time-out never hears of it, who has one is told in time. */
  forgetUntimed(): void {
    for (const [id, { timer }] of this.#pending) if (timer === undefined) this.#pending.delete(id);
  }

  /** The peer is gone: who waits is told. */
  failAll(): void {
    for (const id of this.#pending.keys()) this.#fail(id, "ACK_DISCONNECTED");
  }

  #fail(id: number, code: "ACK_TIMEOUT" | "ACK_DISCONNECTED"): void {
    this.#take(id)?.failed?.(new SkeinError(code));
  }

  #take(id: number): AckWaiter | undefined {
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    this.#pending.delete(id);
    cancel(pending.timer);
    return pending.waiter;
  }
}
