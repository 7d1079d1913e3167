import { describe, expect, test } from "vitest";
import type { Failure } from "./safe-call.ts";
import { type ChainListener, type Middleware, runChain } from "./middleware-chain.ts";

type Steps = string[];

class Outcome implements ChainListener {
  readonly refusals: unknown[] = [];
  readonly broken: unknown[] = [];
  readonly failures: Failure[] = [];
  readonly settled: Promise<void>;
  #settle = (): void => {};

  constructor() {
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  done(refusal: unknown): void {
    this.refusals.push(refusal);
    this.#settle();
  }

  broke(cause: unknown): void {
    this.broken.push(cause);
    this.#settle();
  }

  failed(failure: Failure): void {
    this.failures.push(failure);
  }
}

function run(chain: Middleware<Steps>[], steps: Steps = []): Outcome {
  const outcome = new Outcome();
  runChain(chain, steps, outcome);
  return outcome;
}

const pass =
  (name: string): Middleware<Steps> =>
  (steps, next) => {
    steps.push(name);
    next();
  };

describe("a chain of middlewares", () => {
  test("runs in order, within one call", () => {
    const steps: Steps = [];
    expect(run([pass("a"), pass("b")], steps).refusals).toEqual([undefined]);
    expect(steps).toEqual(["a", "b"]);
  });

  test("is done at once when it is empty", () => {
    expect(run([]).refusals).toEqual([undefined]);
  });

  test("stops where next is given an error, which is no failure", () => {
    const error = new Error("no");
    const steps: Steps = [];
    const { refusals, failures } = run([(_, next) => next(error), pass("b")], steps);
    expect([refusals, failures, steps]).toEqual([[error], [], []]);
  });

  test("is refused and reported at what is no function, and asks nothing behind it", () => {
    for (const value of [undefined, null, 0, {}]) {
      const steps: Steps = [];
      const outcome = run([pass("a"), value as Middleware<Steps>, pass("b")], steps);
      expect([outcome.refusals, steps]).toEqual([[], ["a"]]);
      expect(outcome.broken).toEqual([expect.any(TypeError)]);
      expect(outcome.failures).toHaveLength(1);
    }
  });

  test("is refused and reported when a function throws", () => {
    const error = new Error("a bug");
    const { refusals, broken, failures } = run([
      () => {
        throw error;
      },
    ]);
    expect([refusals, broken, failures]).toEqual([[], [error], [{ cause: error, rejected: false }]]);
  });

  test("is refused and reported when a promise is rejected", async () => {
    const error = new Error("a bug");
    const outcome = run([() => Promise.reject(error)]);
    await outcome.settled;
    expect([outcome.broken, outcome.failures]).toEqual([[error], [{ cause: error, rejected: true }]]);
  });

  test.each([
    [undefined, expect.any(Error)],
    [null, expect.any(Error)],
    [0, 0],
    ["", ""],
    [false, false],
  ])("stops also where %j is thrown", (cause, told) => {
    const steps: Steps = [];
    const throwing = () => {
      // oxlint-disable-next-line only-throw-error -- that's what applications can do
      throw cause;
    };
    const { refusals, broken } = run([throwing, pass("b")], steps);
    expect([refusals, broken, steps]).toEqual([[], [told], []]);
  });

  test("moves on once however often a function calls next", () => {
    const steps: Steps = [];
    const twice: Middleware<Steps> = (_, next) => {
      next();
      next();
      next(new Error("too late"));
    };
    expect(run([twice, pass("b")], steps).refusals).toEqual([undefined]);
    expect(steps).toEqual(["b"]);
  });

  test("reports what a function throws after it has passed, and goes on", () => {
    const error = new Error("late");
    const { refusals, failures } = run([
      (_, next) => {
        next();
        throw error;
      },
    ]);
    expect([refusals, failures]).toEqual([[undefined], [{ cause: error, rejected: false }]]);
  });

  test("takes no function that is added while it runs", () => {
    const steps: Steps = [];
    const chain: Middleware<Steps>[] = [];
    chain.push((_, next) => {
      chain.push(pass("late"));
      next();
    });
    run(chain, steps);
    expect(steps).toEqual([]);
  });
});
