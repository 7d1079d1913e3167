import { clockConformance, FakeClock } from "@skein/testkit";

function fake(clock: unknown): FakeClock {
  if (clock instanceof FakeClock) return clock;
  throw new Error("this harness moves fake clocks");
}

clockConformance("the fake clock", {
  create: () => new FakeClock(),
  pass: (clock, milliseconds) => fake(clock).advance(milliseconds),
  endTurn: (clock) => fake(clock).turn(),
});
