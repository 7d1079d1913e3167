import { describe, expect, it } from "vitest";
import { compare, median, summarise } from "./statistics.ts";

describe("statistics", () => {
  it("takes the middle of an odd number of rounds and the mean of the two middles of an even one", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it("compares each implementation with socket.io on the same host", () => {
    const scenario = { name: "echo", unit: "event" };
    const round = (total: number) => [{ kind: "cpu", user: total / 2, system: total / 2 } as const];
    const summaries = [
      summarise(scenario, "socket.io-ws", round(20)),
      summarise(scenario, "skein-ws", round(10)),
      summarise(scenario, "socket.io-uws", round(8)),
      summarise(scenario, "skein-uws", round(6)),
    ];
    compare(summaries);
    expect(summaries.map((summary) => summary.ratio)).toEqual([1, 0.5, 1, 0.75]);
  });

  it("leaves the ratio out where the peer was not measured", () => {
    const alone = summarise({ name: "echo", unit: "event" }, "skein-ws", [
      { kind: "cpu", user: 1, system: 1 },
    ]);
    compare([alone]);
    expect(alone.ratio).toBeUndefined();
  });
});
