import type { AckCallback } from "@skein/adapter";
import { safeCall, type FailureListener } from "../application/safe-call.ts";
import { ServerError } from "../errors.ts";
import { after, cancel, type Timer } from "../runtime/timers.ts";

/** Rules for when unanswered acknowledgements fail. */
export interface AckTerms {
  /** Timeout (ms) of events that set none; `undefined`: no timeout. */
  readonly defaultTimeout: number | undefined;
  /** Whether an acknowledgement with a timeout fails when the peer leaves, not at its timeout. */
  readonly failTimed: boolean;
  /** Whether an acknowledgement without a timeout fails when the peer leaves, or never settles. */
  readonly failUntimed: boolean;
}

/**
 * A pending acknowledgement. `onAnswer` gets the values as an array, because they may exceed the
 * maximum number of arguments; `onFailure` is called if no answer will come.
 */
export interface AckWaiter {
  onAnswer: (values: readonly unknown[]) => void;
  onFailure?: (error: ServerError) => void;
}

const WAITER = Symbol("waiter");

/** A callback that carries its failure handling through other functions. */
interface SettledCallback extends AckCallback {
  readonly [WAITER]: AckWaiter;
}

/** Prevents the rejection of a promise from counting as unhandled. */
function leaveUnwatched(promise: Promise<unknown>): void {
  promise.catch(() => {});
}

/**
 * Returns a promise of the first value of the answer; `ask` sends the event with the given
 * callback. A rejection with `ACK_DISCONNECTED` never counts as unhandled, because it may precede
 * the attachment of a handler.
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

/**
 * Returns the pending acknowledgement of a callback; with a timeout, the callback's first argument
 * is an error or null.
 */
export function waiterOf(callback: AckCallback, withTimeout: boolean): AckWaiter {
  if (WAITER in callback) return (callback as SettledCallback)[WAITER];
  if (!withTimeout) return { onAnswer: (values) => callback(...values) };
  return { onAnswer: (values) => callback(null, ...values), onFailure: callback };
}

/**
 * Wraps an acknowledgement so that errors of its callbacks are passed to `caught` and not thrown.
 */
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
 * Pending acknowledgements of one socket, by packet id. Each is settled at most once: by the
 * answer, its timeout, or the end of the socket; late and unexpected answers are ignored.
 */
export class PendingAcks {
  readonly #pending = new Map<number, Pending>();

  /**
   * Adds an acknowledgement. `timeout` is in ms; without one it is pending until the socket ends.
   */
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

  /** Handles the peer's leaving: keeps only acknowledgements that fail at their timeout. */
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
