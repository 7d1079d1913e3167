import { clockConformance } from "@skein/testkit";
import { afterEach, beforeEach, vi } from "vitest";
import { TimerWheel } from "./timer-wheel.ts";

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
