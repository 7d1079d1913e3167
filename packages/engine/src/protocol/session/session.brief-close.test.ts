import { describe, expect, it } from "vitest";
import { NOTHING } from "./effects.ts";
import { Session } from "./session.ts";
import { opened, POLLED, REVISION_4, STREAM, text, told, upgrading } from "./session.fixtures.ts";

const UPGRADE = { type: "upgrade" } as const;

describe("a brief close on a stream", () => {
  it("hands over what waits, and ends the session at once", () => {
    const session = opened(STREAM);
    session.send(text("a"));
    session.send(text("b"));
    expect(told(session.close("brief", 0))).toEqual([
      "current < 4a 4b",
      "close current",
      "closed: forced close",
    ]);
  });

  it("hands over what waits also to a wire that is busy", () => {
    const session = opened(STREAM);
    session.send(text("a"));
    session.flush();
    session.send(text("b"));
    expect(told(session.close("brief", 0))).toEqual([
      "current < 4b",
      "close current",
      "closed: forced close",
    ]);
  });

  it("lets a busy wire finish by itself where nothing waits", () => {
    const session = opened(STREAM);
    session.send(text("a"));
    session.flush();
    expect(told(session.close("brief", 0))).toEqual(["close current", "closed: forced close"]);
  });
});

describe("a brief close on a polled wire", () => {
  it("answers a pending poll with what waits, and with nothing else", () => {
    const session = opened(POLLED);
    session.grant("current");
    session.send(text("a"));
    expect(told(session.close("brief", 0))).toEqual([
      "current < 4a",
      "close current",
      "closed: forced close",
    ]);
  });

  it("answers a pending poll with a close packet where nothing waits", () => {
    const session = opened(POLLED);
    session.grant("current");
    expect(told(session.close("brief", 0))).toEqual(["current < 1", "close current", "closed: forced close"]);
  });

  it("ends the session at once where nothing waits, and no poll is pending", () => {
    expect(told(opened(POLLED).close("brief", 0))).toEqual(["close current", "closed: forced close"]);
  });

  it("keeps what waits for the next poll, which is the last", () => {
    const session = opened(POLLED);
    session.send(text("a"));
    expect(session.close("brief", 0)).toBe(NOTHING);
    expect([session.state, session.send(text("late"))]).toEqual(["closing", false]);
    expect(told(session.grant("current"))).toEqual(["current < 4a", "close current", "closed: forced close"]);
  });

  it("waits for that poll no longer than the close timeout", () => {
    const session = opened(POLLED, { ...REVISION_4, closeTimeout: 3_000 });
    session.send(text("a"));
    session.close("brief", 1_000);
    expect(session.deadline).toBe(4_000);
    expect(told(session.elapse(4_000))).toEqual(["discard current", "closed: forced close"]);
    expect(session.outbox.packets).toEqual([text("a")]);
  });

  it("waits for that poll no longer than five seconds, whatever the close timeout is", () => {
    const session = opened(POLLED);
    session.send(text("a"));
    session.close("brief", 1_000);
    expect(session.deadline).toBe(6_000);
  });
});

describe("a brief close while upgrading", () => {
  it("hands over what waits by the pending poll, and drops both wires", () => {
    const session = upgrading();
    session.grant("current");
    session.send(text("a"));
    expect(told(session.close("brief", 1))).toEqual([
      "current < 4a",
      "close current",
      "close candidate",
      "closed: forced close",
    ]);
  });

  it("hands over what waits on the new wire, where the peer moves there first", () => {
    const session = upgrading();
    session.send(text("a"));
    expect(session.close("brief", 1)).toBe(NOTHING);
    expect(told(session.receive("candidate", UPGRADE, 2))).toEqual([
      "discard current",
      "upgraded",
      "current < 4a",
      "close current",
      "closed: forced close",
    ]);
  });

  it("hands over what waits on the old wire, where the upgrade fails", () => {
    const session = upgrading();
    session.send(text("a"));
    session.close("brief", 1);
    session.lost("candidate", "transport close", undefined, 1);
    expect(told(session.grant("current"))).toContain("current < 4a");
  });
});

describe("a brief close of a session that is closing already", () => {
  const status = { code: 4001, reason: "enough" };

  it("waits for no further poll once everything has left", () => {
    const session = opened(POLLED);
    session.close("orderly", 0, status);
    expect(told(session.close("brief", 1))).toEqual(["close current: 4001 enough", "closed: forced close"]);
  });

  it("hands over the rest to a busy stream", () => {
    const session = opened(STREAM);
    session.send(text("a"));
    session.flush();
    session.send(text("b"));
    session.close("orderly", 0, status);
    expect(told(session.close("brief", 1))[0]).toBe("current < 4b");
  });

  it("neither begins the close timeout anew nor sends anything twice", () => {
    const session = opened(POLLED);
    session.send(text("a"));
    session.close("brief", 0);
    expect(session.close("brief", 3_000)).toBe(NOTHING);
    expect(session.deadline).toBe(5_000);
    expect(told(session.grant("current"))[0]).toBe("current < 4a");
    expect(session.close("brief", 5_000)).toBe(NOTHING);
  });

  it("shortens the time that an orderly close has left to five seconds", () => {
    const session = opened(POLLED);
    session.send(text("a"));
    session.close("orderly", 0);
    session.close("brief", 1_000);
    expect(session.deadline).toBe(6_000);
  });
});

it("a brief close ends a session that never opened", () => {
  const session = new Session(REVISION_4, POLLED);
  expect(told(session.close("brief", 0))).toEqual(["discard current", "closed: forced close"]);
});
