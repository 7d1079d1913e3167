/** Timeout (ms) of a wait. No passing test reaches it, so it may be generous. */
const TIMEOUT_MS = 30_000;

/** Rejects, saying what was missed, when `promise` has not settled in time. */
export function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  const missed = new Error(`waited ${TIMEOUT_MS} ms for ${what}`);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(missed), TIMEOUT_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** The arguments of the next `event`. */
export function once(
  source: { once(event: string, listener: (...args: never[]) => void): unknown },
  event: string,
): Promise<unknown[]> {
  const happened = new Promise<unknown[]>((resolve) => {
    source.once(event, (...args: unknown[]) => resolve(args));
  });
  return inTime(happened, `the event "${event}"`);
}

/**
 * Resolves when `condition` holds. Checked once per turn of the event loop, for state without an
 * event.
 */
export function until(condition: () => boolean, what: string): Promise<void> {
  const over = new AbortController();
  const look = async (): Promise<void> => {
    while (!over.signal.aborted && !condition()) await new Promise((resolve) => setImmediate(resolve));
  };
  return inTime(look(), what).finally(() => over.abort());
}

/** A callback for code under test, and a promise of its first call's arguments. */
export function called<A extends unknown[]>(what: string): { fn: (...args: A) => void; args: Promise<A> } {
  const { promise, resolve } = deferred<A>();
  return { fn: (...args) => resolve(args), args: inTime(promise, what) };
}

export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let settle: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value) => settle(value) };
}
