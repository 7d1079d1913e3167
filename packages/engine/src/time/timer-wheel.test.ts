import { memoryHeld, blockEventLoop, uncaughtErrors } from "@skein/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TimerWheel } from "./timer-wheel.ts";

/** Puts the faked globals where the package takes its timers from. */
vi.mock("./timers.ts", async (original) => ({
  ...(await original<object>()),
  setTimeout: (ring: () => void, delay: number) => setTimeout(ring, delay),
  clearTimeout: (timer: NodeJS.Timeout | undefined) => clearTimeout(timer),
  setImmediate: (call: () => void) => setImmediate(call),
  monotonicTime: () => performance.now(),
}));

interface Ring {
  readonly name: string;
  readonly at: number;
}

function alarm(name: string, rings: Ring[], then?: (now: number) => void) {
  return {
    ring(now: number): void {
      rings.push({ name, at: now });
      then?.(now);
    },
  };
}

describe("the timer wheel", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("rings in the order of time, never early and at most one tick late", () => {
    const wheel = new TimerWheel();
    const rings: Ring[] = [];
    const start = wheel.now();
    const delays = [995, 3, 40, 41, 40, 2000, 17];
    delays.forEach((delay) => wheel.arm(alarm(String(delay), rings), start + delay));
    vi.advanceTimersByTime(3000);
    expect(rings.map(({ name }) => Number(name)).toSorted((a, b) => a - b)).toEqual(
      delays.toSorted((a, b) => a - b),
    );
    for (const { name, at } of rings) {
      expect(at - start).toBeGreaterThanOrEqual(Number(name));
      expect(at - start).toBeLessThanOrEqual(Number(name) + 11);
    }
  });

  it("rings once for each arming, at the last time that was asked for", () => {
    const wheel = new TimerWheel();
    const rings: Ring[] = [];
    const later = alarm("later", rings);
    const earlier = alarm("earlier", rings);
    wheel.arm(later, wheel.now() + 100);
    wheel.arm(later, wheel.now() + 300);
    wheel.arm(earlier, wheel.now() + 300);
    wheel.arm(earlier, wheel.now() + 100);
    vi.advanceTimersByTime(200);
    expect(rings.map(({ name }) => name)).toEqual(["earlier"]);
    vi.advanceTimersByTime(1000);
    expect(rings.map(({ name }) => name)).toEqual(["earlier", "later"]);
  });

  it("rings an alarm that moved earlier and back again only once", () => {
    const wheel = new TimerWheel();
    const rings: Ring[] = [];
    const moved = alarm("moved", rings);
    for (const delay of [300, 100, 300, 50, 300]) wheel.arm(moved, wheel.now() + delay);
    vi.advanceTimersByTime(299);
    expect(rings).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(rings).toHaveLength(1);
  });

  it("does not ring what was disarmed, and can be armed again", () => {
    const wheel = new TimerWheel();
    const rings: Ring[] = [];
    const once = alarm("once", rings);
    wheel.disarm(once);
    wheel.arm(once, wheel.now() + 50);
    wheel.disarm(once);
    vi.advanceTimersByTime(100);
    expect(rings).toEqual([]);
    wheel.arm(once, wheel.now() + 50);
    vi.advanceTimersByTime(100);
    expect(rings).toHaveLength(1);
  });

  it("takes an alarm that is armed while it rings", () => {
    const wheel = new TimerWheel();
    const rings: Ring[] = [];
    const again = alarm("again", rings, (now) => {
      if (rings.length < 3) wheel.arm(again, now + 10);
    });
    wheel.arm(again, wheel.now() + 10);
    vi.advanceTimersByTime(500);
    expect(rings).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes an alarm that is due at once, or never", () => {
    const wheel = new TimerWheel();
    const rings: Ring[] = [];
    wheel.arm(alarm("now", rings), wheel.now() - 1000);
    const never = alarm("never", rings);
    wheel.arm(never, Infinity);
    wheel.arm(never, wheel.now() + 20);
    wheel.arm(never, Infinity);
    vi.advanceTimersByTime(1000);
    expect(rings.map(({ name }) => name)).toEqual(["now"]);
  });

  it("keeps nothing of alarms that were disarmed, or moved to an earlier time", async () => {
    const wheel = new TimerWheel();
    const hour = wheel.now() + 3_600_000;
    const kept: { slot?: unknown; ring(): void }[] = [];
    const slots: WeakRef<object>[] = [];
    for (let index = 0; index < 30; index += 1) {
      const each = { slot: undefined as unknown, ring() {} };
      wheel.arm(each, hour);
      slots.push(new WeakRef(each.slot as object));
      if (index % 3 === 0) wheel.arm(each, wheel.now() + 20);
      else if (index % 3 === 1) wheel.disarm(each);
      else kept.push(each);
    }
    vi.advanceTimersByTime(100);
    vi.useRealTimers();
    await memoryHeld();
    expect(slots.filter((slot) => slot.deref() !== undefined)).toHaveLength(kept.length);
  });

  it("uses one timer for any number of alarms", () => {
    const wheel = new TimerWheel();
    const rings: Ring[] = [];
    for (let count = 0; count < 1000; count += 1) wheel.arm(alarm("x", rings), wheel.now() + count * 7);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(10_000);
    expect(rings).toHaveLength(1000);
  });

  it("flushes once at the end of the turn, and what becomes dirty meanwhile in the next", () => {
    const wheel = new TimerWheel();
    const order: string[] = [];
    const second = { flush: () => order.push("second") };
    wheel.atTurnEnd({
      flush() {
        order.push("first");
        wheel.atTurnEnd(second);
      },
    });
    expect(order).toEqual([]);
    vi.runAllTimers();
    expect(order).toEqual(["first", "second"]);
  });

  it("keeps going when an alarm or a flushable throws, and lets the error be heard", async () => {
    const wheel = new TimerWheel();
    const rings: Ring[] = [];
    const errors = uncaughtErrors();
    const fail = (): never => {
      throw new Error("broken");
    };
    wheel.arm({ ring: fail }, wheel.now() + 5);
    wheel.arm(alarm("after", rings), wheel.now() + 5);
    wheel.atTurnEnd({ flush: fail });
    wheel.atTurnEnd({ flush: () => rings.push({ name: "flushed", at: 0 }) });
    vi.advanceTimersByTime(100);
    vi.useRealTimers();
    const heard = (await errors.take(2)) as Error[];
    expect(rings.map(({ name }) => name)).toEqual(["flushed", "after"]);
    expect(heard.map(({ message }) => message)).toEqual(["broken", "broken"]);
  });
});

describe("the timer wheel, on an event loop that stands still", () => {
  it("rings once what has arrived meanwhile was handled", async () => {
    const wheel = new TimerWheel();
    const order: string[] = [];
    const rung = new Promise<void>((resolve) => {
      wheel.arm({ ring: () => resolve(void order.push("alarm")) }, wheel.now() + 10);
    });
    // Answered in the turn after the next, like a request on a connection that must be accepted
    // first.
    setImmediate(() => setImmediate(() => setImmediate(() => order.push("handled"))));
    blockEventLoop(300);
    await rung;
    expect(order).toEqual(["handled", "alarm"]);
  });

  it("rings also when the event loop never comes to rest", async () => {
    const wheel = new TimerWheel();
    const rings: Ring[] = [];
    wheel.arm(alarm("in spite of it", rings), wheel.now() + 10);
    blockEventLoop(300);
    do {
      blockEventLoop(30);
      await new Promise((resolve) => setImmediate(resolve));
    } while (rings.length === 0);
    expect(rings).toHaveLength(1);
  });
});
