import type { AckCallback } from "@skein/adapter";
import { safeCall, type FailureListener } from "../application/safe-call.ts";
import { ServerError } from "../errors.ts";
import { after, cancel, type Timer } from "../runtime/timers.ts";

/** When questions fail that the peer does not answer. */
export interface AckTerms {
  /** Time-out (ms) of a question that names none; undefined: it waits for ever. */
  readonly defaultTimeout: number | undefined;
  /** Whether a question with a time-out fails as soon as the peer has left, not when its time is up. */
  readonly failTimed: boolean;
  /** Whether a question without a time-out fails when the peer has left; otherwise it never settles. */
  readonly failUntimed: boolean;
}

/**
 * A pending acknowledgement. `onAnswer` gets the values, which may be more than a call can take; `onFailure`, where there is
 * one, is told that no answer will come.
 */
export interface AckWaiter {
  onAnswer: (values: readonly unknown[]) => void;
  onFailure?: (error: ServerError) => void;
}

const WAITER = Symbol("waiter");

/** A callback that knows what to do when no answer comes, wherever it is handed through. */
interface SettledCallback extends AckCallback {
  readonly [WAITER]: AckWaiter;
}

/** Keeps the rejection of a promise from counting as unhandled. */
function leaveUnwatched(promise: Promise<unknown>): void {
  promise.catch(() => {});
}

/**
 * A promise of the first value of the answer to what `ask` sends with the callback that it is given. A rejection because
 * the peer has left never counts as unhandled: it may come before the handler that was to be there in time.
 */
export function promisedAnswer(ask: (callback: AckCallback) => void): Promise<never> {
  const promise = new Promise<never>((resolve, reject) => {
    const onAnswer = ([value]: readonly unknown[]): void => resolve(value as never);
    const onFailure = (error: ServerError): void => {
      if (error.code === "ACK_DISCONNECTED") leaveUnwatched(promise);
      reject(error);
    };
    const callback: AckCallback = (...values) => onAnswer(values);
    ask(Object.assign(callback, { [WAITER]: { onAnswer, onFailure } satisfies AckWaiter }));
  });
  return promise;
}

/** The waiter that stands behind a callback; with a time-out it is given an error, or null, first. */
export function waiterOf(callback: AckCallback, withTimeout: boolean): AckWaiter {
  if (WAITER in callback) return (callback as SettledCallback)[WAITER];
  if (!withTimeout) return { onAnswer: (values) => callback(...values) };
  return { onAnswer: (values) => callback(null, ...values), onFailure: callback };
}

/** A waiter whose own errors are told to `caught`, and are nothing to whoever settles it. */
export function containedWaiter({ onAnswer, onFailure }: AckWaiter, caught: FailureListener): AckWaiter {
  const guarded: AckWaiter = { onAnswer: (values) => safeCall(onAnswer, undefined, [values], caught) };
  if (onFailure !== undefined) guarded.onFailure = (error) => safeCall(onFailure, undefined, [error], caught);
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
    this.#take(id)?.onAnswer(args);
  }

  forget(id: number): void {
    this.#take(id);
  }

  /** The peer has left: nothing is kept of a question but the timer of one that fails when its time is up. */
  onPeerLeft({ failTimed, failUntimed }: AckTerms): void {
    for (const [id, { timer }] of this.#pending) {
      if (timer === undefined ? failUntimed : failTimed) this.#fail(id, "ACK_DISCONNECTED");
      else if (timer === undefined) this.#pending.delete(id);
    }
  }

  #fail(id: number, code: "ACK_TIMEOUT" | "ACK_DISCONNECTED"): void {
    this.#take(id)?.onFailure?.(new ServerError(code));
  }

  #take(id: number): AckWaiter | undefined {
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    this.#pending.delete(id);
    cancel(pending.timer);
    return pending.waiter;
  }
}
