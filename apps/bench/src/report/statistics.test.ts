import { describe, expect, it } from "vitest";
import type { ImplementationName } from "../implementations.ts";
import type { Aim, Figure } from "../scenarios/scenario.ts";
import { median, summarise } from "./statistics.ts";

const cpu = (total: number): Figure => ({ kind: "cpu", user: total / 4, system: (total * 3) / 4 });
const memory = (kib: number): Figure => ({ kind: "memory", rss: kib * 1024, heap: kib * 512 });

/** Rounds of one scenario, from the figures of each implementation. */
function roundsOf(figures: Partial<Record<ImplementationName, readonly Figure[]>>) {
  const names = Object.keys(figures) as ImplementationName[];
  const count = Math.max(...names.map((name) => figures[name]?.length ?? 0));
  return Array.from(
    { length: count },
    (_, round) => new Map(names.map((name) => [name, [figures[name]?.[round] ?? cpu(0)]])),
  );
}

function scenario(...aims: Aim[]) {
  return { name: "echo", unit: "event", aims };
}

describe("statistics", () => {
  it("take the middle of an odd number of rounds and the mean of the two middles of an even one", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it("give the median, the least and the most of the rounds, and the parts on their own", () => {
    const [result] = summarise([scenario()], roundsOf({ "skein-ws": [cpu(8), cpu(40), cpu(12)] }));
    expect(result?.size).toEqual({ median: 12, least: 8, most: 40 });
    expect(result?.parts).toEqual({ user: 3, system: 9 });
  });

  it("compare each implementation with socket.io and with the bare server on the same host", () => {
    const results = summarise(
      [scenario()],
      roundsOf({
        "socket.io-ws": [cpu(20)],
        "raw-ws": [cpu(5)],
        "skein-ws": [cpu(10)],
        "socket.io-uws": [cpu(8)],
        "skein-uws": [cpu(6)],
      }),
    );
    const ratios = results.map(({ reference, floor }) => [reference?.median, floor?.median]);
    expect(ratios).toEqual([
      [undefined, 4],
      [0.25, undefined],
      [0.5, 2],
      [undefined, undefined],
      [0.75, undefined],
    ]);
  });

  it("compare within each round, so that a slow round of both sides changes no ratio", () => {
    const results = summarise(
      [scenario()],
      roundsOf({ "socket.io-ws": [cpu(10), cpu(100), cpu(20)], "skein-ws": [cpu(5), cpu(50), cpu(12)] }),
    );
    expect(results[1]?.reference).toEqual({ median: 0.5, least: 0.5, most: 0.6 });
  });

  it("compare the steps of a family with its first", () => {
    const rounds = [new Map([["skein-ws" as const, [cpu(4), cpu(5)]]])];
    const aim: Aim = { implementation: "skein-ws", against: "first step", atMost: 1.3 };
    const results = summarise([scenario(aim), scenario(aim)], rounds);
    expect(results.map(({ firstStep }) => firstStep?.median)).toEqual([undefined, 1.25]);
    expect(results.map(({ verdicts }) => verdicts.map(({ met }) => met))).toEqual([[], [true]]);
  });

  it("say which aims were reached, and leave out those that nothing was measured for", () => {
    const aims: Aim[] = [
      { implementation: "skein-ws", against: "reference", atMost: 0.48 },
      { implementation: "skein-ws", against: "floor", atMost: 1 },
      { implementation: "skein-ws", against: "KiB", atMost: 11 },
    ];
    const results = summarise(
      [scenario(...aims)],
      roundsOf({ "socket.io-ws": [memory(20)], "skein-ws": [memory(10)] }),
    );
    expect(results[0]?.verdicts).toEqual([]);
    expect(results[1]?.verdicts).toEqual([
      { ...aims[0], value: 0.5, met: false },
      { ...aims[2], value: 10, met: true },
    ]);
  });
});
