import { clockConformance } from "@skein/testkit";
import { afterEach, beforeEach, vi } from "vitest";
import { TimerWheel } from "./timer-wheel.ts";

/** Puts the faked globals where the package takes its timers from. */
vi.mock("./timers.ts", async (original) => ({
  ...(await original<object>()),
  setTimeout: (ring: () => void, delay: number) => setTimeout(ring, delay),
  clearTimeout: (timer: NodeJS.Timeout | undefined) => clearTimeout(timer),
  setImmediate: (call: () => void) => setImmediate(call),
  monotonicTime: () => performance.now(),
}));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

clockConformance("the timer wheel", {
  create: () => new TimerWheel(),
  pass: (_clock, milliseconds) => void vi.advanceTimersByTime(milliseconds),
  endTurn: () => void vi.advanceTimersToNextTimer(),
});
