import { uncaughtErrors } from "@skein/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { JoinDeadlines } from "./deadlines.ts";

/** Uses the fake global timers in place of those of the engine's clock. */
vi.mock("../../../engine/src/time/timers.ts", async (original) => ({
  ...(await original<object>()),
  setTimeout: (ring: () => void, delay: number) => setTimeout(ring, delay),
  clearTimeout: (timer: NodeJS.Timeout | undefined) => clearTimeout(timer),
  monotonicTime: () => performance.now(),
}));

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

describe("deadlines", () => {
  test("ring once each, in the order in which they are over, and not before", () => {
    const deadlines = new JoinDeadlines();
    const rung: number[] = [];
    for (const length of [30, 10, 50, 20, 20])
      deadlines.start(length, { onDeadline: () => rung.push(length) });
    vi.advanceTimersByTime(9);
    expect(rung).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(rung).toEqual([10]);
    vi.advanceTimersByTime(1000);
    expect(rung).toEqual([10, 20, 20, 30, 50]);
  });

  test("share one timer, and leave none when all have rung", () => {
    const deadlines = new JoinDeadlines();
    for (let index = 0; index < 100; index++) deadlines.start(1000 - index, { onDeadline: () => {} });
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("do not ring when they were cancelled, first, last or between, twice or late", () => {
    const deadlines = new JoinDeadlines();
    const rung: string[] = [];
    const [first, second, third, fourth] = ["first", "second", "third", "fourth"].map((name) =>
      deadlines.start(10, { onDeadline: () => rung.push(name) }),
    );
    for (const wait of [second, second, first, fourth]) if (wait !== undefined) deadlines.cancel(wait);
    vi.advanceTimersByTime(10);
    if (third !== undefined) deadlines.cancel(third);
    expect(rung).toEqual(["third"]);
    deadlines.start(10, { onDeadline: () => rung.push("later") });
    vi.advanceTimersByTime(20);
    expect(rung).toEqual(["third", "later"]);
  });

  test("let go of their neighbours when they are cancelled", () => {
    const deadlines = new JoinDeadlines();
    const [, middle] = [
      deadlines.start(1, { onDeadline: () => {} }),
      deadlines.start(2, { onDeadline: () => {} }),
      deadlines.start(3, { onDeadline: () => {} }),
    ];
    deadlines.cancel(middle);
    expect([middle.previous, middle.next]).toEqual([undefined, undefined]);
  });

  test("go on when one of them throws, and let the error be heard", async () => {
    const deadlines = new JoinDeadlines();
    const errors = uncaughtErrors();
    const rung: string[] = [];
    deadlines.start(5, {
      onDeadline() {
        throw new Error("broken");
      },
    });
    deadlines.start(5, { onDeadline: () => rung.push("next") });
    vi.advanceTimersByTime(100);
    expect(await errors.next()).toMatchObject({ message: "broken" });
    expect(rung).toEqual(["next"]);
  });

  test("may be started and cancelled while one of them rings", () => {
    const deadlines = new JoinDeadlines();
    const rung: string[] = [];
    const other = deadlines.start(6, { onDeadline: () => rung.push("other") });
    deadlines.start(5, {
      onDeadline() {
        deadlines.cancel(other);
        deadlines.start(1, { onDeadline: () => rung.push("new") });
      },
    });
    vi.advanceTimersByTime(100);
    expect(rung).toEqual(["new"]);
  });
});
