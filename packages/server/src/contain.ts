/** Told of what the application's own code threw, or of what its promise was rejected with. */
type FailureListener = (cause: unknown) => void;

/** Calls a function of the application's; whatever comes of its errors, its caller goes on. */
export function callContained(
  callback: (...args: never[]) => unknown,
  receiver: unknown,
  args: readonly unknown[],
  failed: FailureListener,
): void {
  try {
    watchPromise(Reflect.apply(callback, receiver, args), failed);
  } catch (cause) {
    failed(cause);
  }
}

/** Hears of the rejection of what may be a promise that nobody waits for. */
export function watchPromise(result: unknown, failed: FailureListener): void {
  if (result instanceof Promise) result.catch(failed);
}
