import type { Failure } from "./safe-call.ts";

/** A function of a chain: `next()` goes on, `next(error)`, a throw or a rejection stops the chain. */
export type Middleware<Subject> = (subject: Subject, next: (error?: Error) => void) => unknown;

/** Told of a chain: `failed` for each throw and each rejection, and once how it ended. */
export interface ChainListener {
  /** Every function has passed the subject on; or one has stopped it, with what `next` was given. */
  done(refusal: unknown): void;
  /** One has stopped it by throwing or rejecting, with this; never with `undefined`. */
  broke(cause: unknown): void;
  failed(failure: Failure): void;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** One run through a chain. A function that calls `next` more than once moves the chain only once. */
class Run<Subject> {
  readonly #chain: readonly Middleware<Subject>[];
  readonly #subject: Subject;
  readonly #listener: ChainListener;
  #position = 0;

  constructor(chain: readonly Middleware<Subject>[], subject: Subject, listener: ChainListener) {
    this.#chain = chain;
    this.#subject = subject;
    this.#listener = listener;
  }

  step(): void {
    const position = this.#position;
    if (position >= this.#chain.length) return this.#listener.done(undefined);
    // What is no function throws when it is called: the chain must not end there as if all had passed.
    const middleware = this.#chain[position] as Middleware<Subject>;
    try {
      const result = middleware(this.#subject, (error) => this.#leave(position, error));
      if (isPromise(result))
        result.then(undefined, (cause: unknown) => this.#fail(position, { cause, rejected: true }));
    } catch (cause) {
      this.#fail(position, { cause, rejected: false });
    }
  }

  #leave(position: number, refusal: unknown): void {
    if (position !== this.#position) return;
    if (refusal) {
      this.#position = Number.NaN;
      this.#listener.done(refusal);
    } else {
      this.#position++;
      this.step();
    }
  }

  /** Stops the chain whatever was thrown, which may be a falsy value. */
  #fail(position: number, failure: Failure): void {
    this.#listener.failed(failure);
    if (position !== this.#position) return;
    this.#position = Number.NaN;
    this.#listener.broke(failure.cause ?? new Error("refused"));
  }
}

/**
 * Runs a chain as it is now: functions that are added later do not take part (server-api, "Timing").
 * Each is called synchronously from within the `next` of the one before.
 */
export function runChain<Subject>(
  chain: readonly Middleware<Subject>[],
  subject: Subject,
  listener: ChainListener,
): void {
  new Run([...chain], subject, listener).step();
}
