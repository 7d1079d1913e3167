/** Timeout (ms) of a wait. Passing tests never reach it, so it is generous. */
const patience = 30_000;

/** Rejects, saying what was missed, when `promise` has not settled in time. */
export function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  const missed = new Error(`waited ${patience} ms for ${what}`);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(missed), patience);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

interface Listenable {
  once(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** The arguments of the next `event`. */
export function once(emitter: object, event: string): Promise<unknown[]> {
  const source = emitter as Listenable;
  return inTime(
    new Promise((resolve) => {
      source.once(event, (...args) => resolve(args));
    }),
    `the event "${event}"`,
  );
}

/**
 * Resolves when `condition` holds, checked once per event loop turn: for state without an event.
 */
export function until(condition: () => boolean, what: string): Promise<void> {
  const over = new AbortController();
  const look = async (): Promise<void> => {
    while (!over.signal.aborted && !condition()) {
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
  };
  return inTime(look(), what).finally(() => over.abort());
}

/** A callback for code under test, and a promise of the arguments of its first call. */
export function called<A extends unknown[]>(what: string): { fn: (...args: A) => void; args: Promise<A> } {
  let fn: (...args: A) => void = () => {};
  const args = new Promise<A>((resolve) => {
    fn = (...received) => resolve(received);
  });
  return { fn: (...received) => fn(...received), args: inTime(args, what) };
}
