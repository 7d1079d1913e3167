/** How a call of the application's own code went wrong. */
export interface Failure {
  /** What was thrown, or what a promise was rejected with. */
  readonly cause: unknown;
  /** Whether a promise was rejected with it, rather than that it was thrown. */
  readonly rejected: boolean;
}

/** Told of each failure. */
export type FailureListener = (failure: Failure) => void;

/** Calls a function of the application's; whatever comes of its errors, its caller goes on. */
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

/** Hears of the rejection of what may be a promise that nobody waits for. */
export function watchPromise(result: unknown, failed: FailureListener): void {
  if (result instanceof Promise) result.catch((cause: unknown) => failed({ cause, rejected: true }));
}
