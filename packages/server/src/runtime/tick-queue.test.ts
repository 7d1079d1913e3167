import { describe, expect, it } from "vitest";
import { TickQueue } from "./tick-queue.ts";

function ticked(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe("calls on the next tick", () => {
  it("are made later, in their order", async () => {
    const made: string[] = [];
    const calls = new TickQueue<string, number>((subject, item) => made.push(`${subject}${item}`));
    calls.put("a", 1);
    calls.put("b", 2);
    calls.put("a", 3);
    expect(made).toEqual([]);
    await ticked();
    expect(made).toEqual(["a1", "b2", "a3"]);
  });

  it("may ask for further calls, which are made behind all others", async () => {
    const made: number[] = [];
    const calls: TickQueue<string, number> = new TickQueue((subject, item) => {
      made.push(item);
      if (item < 3) calls.put(subject, item + 10);
    });
    calls.put("a", 1);
    calls.put("a", 2);
    await ticked();
    expect(made).toEqual([1, 2, 11, 12]);
  });

  it("are all made, once each, when one throws", async () => {
    const made: number[] = [];
    const calls: TickQueue<string, number> = new TickQueue((subject, item) => {
      made.push(item);
      if (item === 1) calls.put(subject, 4);
      if (item === 2) throw new Error("of a call");
    });
    const uncaught = new Promise<unknown>((resolve) => {
      process.setUncaughtExceptionCaptureCallback(resolve);
    });
    for (const item of [1, 2, 3]) calls.put("a", item);
    expect(String(await uncaught)).toBe("Error: of a call");
    await ticked();
    process.setUncaughtExceptionCaptureCallback(null);
    expect(made).toEqual([1, 2, 3, 4]);
  });
});
