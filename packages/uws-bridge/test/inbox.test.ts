import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Inbox } from "../src/websocket/inbox.ts";

/** A recipient that notes what it gets in a log that it shares with others. */
function recipient(name: string, log: string[], act?: (message: string) => void) {
  return {
    receive(message: string | Uint8Array): void {
      log.push(`${name}: ${String(message)}`);
      act?.(String(message));
    },
  };
}

describe("an inbox", () => {
  it("hands on the messages of a turn when it is over, in their order", async () => {
    const log: string[] = [];
    const inbox = new Inbox();
    const [a, b] = [recipient("a", log), recipient("b", log)];
    inbox.put(a, "1");
    inbox.put(b, "2");
    inbox.put(a, "3");
    expect(log).toEqual([]);
    await nextTurn();
    expect(log).toEqual(["a: 1", "b: 2", "a: 3"]);
  });

  it("hands on at once what waits when somebody has to be told of an end, and says whether there was anything", async () => {
    const log: string[] = [];
    const inbox = new Inbox();
    expect(inbox.deliver()).toBe(false);
    inbox.put(recipient("a", log), "1");
    expect(inbox.deliver()).toBe(true);
    expect(log).toEqual(["a: 1"]);
    await nextTurn();
    expect(log).toEqual(["a: 1"]);
  });

  it("is not gone through again from within", async () => {
    const log: string[] = [];
    const inbox = new Inbox();
    const a = recipient("a", log, () => expect(inbox.deliver()).toBe(false));
    inbox.put(a, "1");
    inbox.put(a, "2");
    await nextTurn();
    expect(log).toEqual(["a: 1", "a: 2"]);
  });

  it("holds a bounded number of bytes: beyond it, it does not wait for the turn's end", () => {
    const log: string[] = [];
    const inbox = new Inbox();
    const large = new Uint8Array(200_000);
    const sizes = { receive: (message: string | Uint8Array) => void log.push(String(message.length)) };
    inbox.put(sizes, large);
    expect(log).toEqual([]);
    inbox.put(sizes, large);
    expect(log).toEqual(["200000", "200000"]);
  });

  it("holds a bounded number of empty messages", () => {
    const inbox = new Inbox();
    let received = 0;
    const counts = { receive: () => void (received += 1) };
    for (let count = 0; count < 10_000; count += 1) inbox.put(counts, new Uint8Array(0));
    expect(received).toBeGreaterThan(7000);
  });

  it("hands on the rest in a later turn when a recipient throws", async () => {
    const log: string[] = [];
    const inbox = new Inbox();
    const failing = recipient("a", log, () => {
      throw new Error("an application's own");
    });
    inbox.put(failing, "1");
    inbox.put(recipient("b", log), "2");
    expect(() => inbox.deliver()).toThrow("an application's own");
    expect(log).toEqual(["a: 1"]);
    await nextTurn();
    expect(log).toEqual(["a: 1", "b: 2"]);
  });
});
