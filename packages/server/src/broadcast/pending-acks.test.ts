import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AckTerms, PendingAcks, promisedAnswer, waiterOf } from "./pending-acks.ts";

const terms: AckTerms = { defaultTimeout: undefined, failTimed: true, failUntimed: false };

/** Uses the fake global timers in place of the package's own. */
vi.mock("../runtime/timers.ts", async (original) => ({
  ...(await original<object>()),
  after: (milliseconds: number, ring: () => void) => setTimeout(ring, milliseconds),
  cancel: (timer: NodeJS.Timeout | undefined) => clearTimeout(timer),
}));

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("pending acknowledgements", () => {
  test("an answer is given to who waits for it, once", () => {
    const acks = new PendingAcks();
    const answered = vi.fn();
    acks.expect(3, { onAnswer: answered });
    acks.settle(3, ["a", 1]);
    acks.settle(3, ["again"]);
    expect(answered.mock.calls).toEqual([[["a", 1]]]);
  });

  test("an answer to what nobody asked is ignored", () => {
    const acks = new PendingAcks();
    expect(() => acks.settle(9, [])).not.toThrow();
  });

  test("without an answer in time the waiter is told, and a later answer is ignored", () => {
    const acks = new PendingAcks();
    const [answered, failed] = [vi.fn(), vi.fn()];
    acks.expect(0, { onAnswer: answered, onFailure: failed }, 50);
    vi.advanceTimersByTime(50);
    acks.settle(0, ["late"]);
    expect(failed.mock.calls).toEqual([[expect.objectContaining({ code: "ACK_TIMEOUT" })]]);
    expect(answered).not.toHaveBeenCalled();
  });

  test("of a peer that has left fail at once with a time-out, and are forgotten without one", () => {
    const acks = new PendingAcks();
    const [timed, untimed] = [vi.fn(), vi.fn()];
    acks.expect(0, { onAnswer: untimed, onFailure: untimed });
    acks.expect(1, { onAnswer: vi.fn(), onFailure: timed }, 50);
    acks.onPeerLeft(terms);
    acks.settle(0, ["late"]);
    expect(timed.mock.calls).toEqual([[expect.objectContaining({ code: "ACK_DISCONNECTED" })]]);
    expect(untimed).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("can be left to their time-out when the peer has left", () => {
    const acks = new PendingAcks();
    const [plain, failed, never] = [vi.fn(), vi.fn(), vi.fn()];
    acks.expect(0, { onAnswer: plain, onFailure: never });
    acks.expect(1, { onAnswer: vi.fn(), onFailure: failed }, 50);
    acks.onPeerLeft({ ...terms, failTimed: false });
    acks.settle(0, ["late"]);
    expect(failed).not.toHaveBeenCalled();
    vi.advanceTimersByTime(50);
    expect(failed.mock.calls).toEqual([[expect.objectContaining({ code: "ACK_TIMEOUT" })]]);
    expect([plain.mock.calls, never.mock.calls]).toEqual([[], []]);
  });

  test("an answer in time leaves no timer behind", () => {
    const acks = new PendingAcks();
    acks.expect(0, { onAnswer: vi.fn(), onFailure: vi.fn() }, 50);
    acks.settle(0, []);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("without a time-out can be made to fail when the peer has left", () => {
    const acks = new PendingAcks();
    const [plain, failed] = [vi.fn(), vi.fn()];
    acks.expect(0, { onAnswer: plain });
    acks.expect(1, { onAnswer: vi.fn(), onFailure: failed });
    acks.onPeerLeft({ ...terms, failUntimed: true });
    expect(failed.mock.calls).toEqual([[expect.objectContaining({ code: "ACK_DISCONNECTED" })]]);
    expect(plain).not.toHaveBeenCalled();
  });

  test("what was forgotten is not answered", () => {
    const acks = new PendingAcks();
    const answered = vi.fn();
    acks.expect(0, { onAnswer: answered });
    acks.forget(0);
    acks.settle(0, []);
    expect(answered).not.toHaveBeenCalled();
  });
});

test("whatever happens in whatever order, who waits is told once at most, and all are once the peer is gone", () => {
  const id = fc.nat(4);
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("expect" as const),
      id,
      timeout: fc.option(fc.nat(20), { nil: undefined }),
    }),
    fc.record({ kind: fc.constant("settle" as const), id }),
    fc.record({ kind: fc.constant("elapse" as const), id }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const acks = new PendingAcks();
      const told: number[] = [];
      for (const [number, { kind, ...rest }] of steps.entries()) {
        const tell = () => {
          told[number] = (told[number] ?? 0) + 1;
        };
        // The id of an expectation is its index, so that ids are unique.
        if (kind === "expect" && "timeout" in rest) {
          told[number] = 0;
          acks.expect(number, { onAnswer: tell, onFailure: tell }, rest.timeout);
        } else if (kind === "settle") acks.settle(number - rest.id - 1, []);
        else vi.advanceTimersByTime(rest.id);
      }
      acks.onPeerLeft({ ...terms, failUntimed: true });
      vi.runAllTimers();
      expect(told.filter((times) => times !== 1)).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    }),
  );
});

describe("the waiter behind a callback", () => {
  test("gives the values as they are without a time-out", () => {
    const callback = vi.fn();
    const waiter = waiterOf(callback, false);
    waiter.onAnswer([1, 2]);
    expect(callback.mock.calls).toEqual([[1, 2]]);
    expect(waiter.onFailure).toBeUndefined();
  });

  test("gives null first with a time-out", () => {
    const callback = vi.fn();
    waiterOf(callback, true).onAnswer(["x"]);
    expect(callback.mock.calls).toEqual([[null, "x"]]);
  });

  test("of a promise resolves it with the first value, with and without a time-out", async () => {
    for (const withTimeout of [true, false]) {
      const promise = promisedAnswer((callback) => {
        waiterOf(callback, withTimeout).onAnswer(["first", "second"]);
      });
      await expect(promise).resolves.toBe("first");
    }
  });
});
