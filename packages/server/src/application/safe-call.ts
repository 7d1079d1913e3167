/** A failed call of the application's code. */
export interface Failure {
  /** The thrown value, or the rejection reason of a promise. */
  readonly cause: unknown;
  /** True for a promise rejection, false for a throw. */
  readonly rejected: boolean;
}

/** Called with each failure. */
export type FailureListener = (failure: Failure) => void;

/**
 * Calls a function of the application. Errors and rejections are passed to `failed`, never thrown.
 */
export function safeCall(
  callback: (...args: never[]) => unknown,
  receiver: unknown,
  args: readonly unknown[],
  failed: FailureListener,
): void {
  try {
    watchPromise(Reflect.apply(callback, receiver, args), failed);
  } catch (cause) {
    failed({ cause, rejected: false });
  }
}

/** Passes the rejection of `result`, if it is a promise, to `failed`. */
export function watchPromise(result: unknown, failed: FailureListener): void {
  if (result instanceof Promise) result.catch((cause: unknown) => failed({ cause, rejected: true }));
}
