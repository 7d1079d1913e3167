import type { Failure } from "./safe-call.ts";

/** A middleware: `next()` continues; `next(error)`, a throw or a rejection stops the chain. */
export type Middleware<Subject> = (subject: Subject, next: (error?: Error) => void) => unknown;

/** Listener of one run: `failed` for each throw and rejection, and `done` or `broke` once. */
export interface ChainListener {
  /** Called after the last middleware, or with the error that a middleware passed to `next`. */
  done(refusal: unknown): void;
  /** Called when a middleware throws or rejects; `cause` is never `undefined`. */
  broke(cause: unknown): void;
  failed(failure: Failure): void;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** One run of a chain. Only the first `next` call of each middleware has an effect. */
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
    // A value that is not a function throws when called, so it can't end the chain as passed.
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

  /** Stops the chain; the thrown value may be falsy. */
  #fail(position: number, failure: Failure): void {
    this.#listener.failed(failure);
    if (position !== this.#position) return;
    this.#position = Number.NaN;
    this.#listener.broke(failure.cause ?? new Error("refused"));
  }
}

/**
 * Runs a snapshot of a chain: middlewares added during the run are skipped (server-api, "Timing").
 * Each is called synchronously within the `next` call of the previous one.
 */
export function runChain<Subject>(
  chain: readonly Middleware<Subject>[],
  subject: Subject,
  listener: ChainListener,
): void {
  new Run([...chain], subject, listener).step();
}
