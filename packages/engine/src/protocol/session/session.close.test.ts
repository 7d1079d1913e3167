import { describe, expect, it } from "vitest";
import { NOTHING } from "./effects.ts";
import { Session } from "./session.ts";
import { opened, POLLED, REVISION_3, REVISION_4, STREAM, text, told, upgrading } from "./session.fixtures.ts";

const UPGRADE = { type: "upgrade" } as const;
const CLOSE = { type: "close" } as const;

describe("closing a session on a stream", () => {
  it("ends it at once when nothing waits", () => {
    const session = opened(STREAM);
    expect(told(session.close("orderly", 0))).toEqual(["close current", "closed: forced close"]);
    expect(session.state).toBe("closed");
  });

  it("sends what waits first", () => {
    const session = opened(STREAM);
    session.send(text("last"));
    expect(told(session.close("orderly", 0))).toEqual([
      "current < 4last",
      "close current",
      "closed: forced close",
    ]);
  });

  it("waits for a grant when something waits and the wire is busy", () => {
    const session = opened(STREAM);
    session.send(text("a"));
    session.flush();
    session.send(text("b"));
    expect(session.close("orderly", 0)).toBe(NOTHING);
    expect(session.state).toBe("closing");
    expect(told(session.grant("current"))).toEqual(["current < 4b", "close current", "closed: forced close"]);
  });

  it("does not wait for a busy wire when nothing waits: the wire finishes by itself", () => {
    const session = opened(STREAM);
    session.send(text("a"));
    session.flush();
    expect(told(session.close("orderly", 0))).toEqual(["close current", "closed: forced close"]);
  });
});

describe("closing a session on a polled wire", () => {
  it("answers a pending poll with a close packet, and drops the wire without an answer left to give", () => {
    const session = opened(POLLED);
    session.grant("current");
    expect(told(session.close("orderly", 0))).toEqual([
      "current < 1",
      "close current",
      "closed: forced close",
    ]);
  });

  it("waits for the next poll and answers it with noop and close", () => {
    const session = opened(POLLED);
    expect(session.close("orderly", 0)).toBe(NOTHING);
    expect(told(session.grant("current"))).toEqual([
      "current < 6 1",
      "close current",
      "closed: forced close",
    ]);
  });

  it("sends what waits with one poll, and closes with the following", () => {
    const session = opened(POLLED);
    session.send(text("a"));
    session.close("orderly", 0);
    expect(told(session.grant("current"))).toEqual(["current < 4a"]);
    expect(session.state).toBe("closing");
    expect(told(session.grant("current"))).toEqual([
      "current < 6 1",
      "close current",
      "closed: forced close",
    ]);
  });

  it("uses a pending poll for what waits", () => {
    const session = opened(POLLED);
    session.grant("current");
    session.send(text("a"));
    expect(told(session.close("orderly", 0))).toEqual(["current < 4a"]);
    expect(told(session.grant("current"))).toEqual([
      "current < 6 1",
      "close current",
      "closed: forced close",
    ]);
  });

  it("waits no longer than the close timeout, polls or not", () => {
    const session = opened(POLLED);
    session.send(text("a"));
    session.close("orderly", 1_000);
    session.grant("current");
    expect(session.elapse(30_999)).toBe(NOTHING);
    expect(session.deadline).toBe(31_000);
    expect(told(session.elapse(31_000))).toEqual(["discard current", "closed: forced close"]);
  });

  it("does not ping on the way, and is a ping timeout where that comes first", () => {
    const session = opened(POLLED);
    session.close("orderly", 20_000);
    expect(session.deadline).toBe(25_000);
    expect(session.elapse(25_000)).toBe(NOTHING);
    expect(session.outbox.packets).toEqual([]);
    expect(session.deadline).toBe(45_000);
    expect(told(session.elapse(45_000))).toEqual([
      "discard current: 4408 ping timeout",
      "closed: ping timeout",
    ]);
  });

  it("takes no sign of life on the way", () => {
    const session = opened(POLLED);
    session.elapse(25_000);
    session.close("orderly", 26_000);
    session.receive("current", { type: "pong" }, 27_000);
    expect(told(session.elapse(45_000)).at(-1)).toBe("closed: ping timeout");
  });

  it("is a ping timeout where both times end at once", () => {
    const session = opened(POLLED);
    session.close("orderly", 15_000);
    session.elapse(25_000);
    expect(session.deadline).toBe(45_000);
    expect(told(session.elapse(45_000)).at(-1)).toBe("closed: ping timeout");
  });

  it("counts the silence of a client of revision 3 as well", () => {
    const session = opened(POLLED, REVISION_3);
    session.close("orderly", 20_000);
    expect(session.deadline).toBe(45_000);
    expect(told(session.elapse(45_000)).at(-1)).toBe("closed: ping timeout");
  });

  it("changes nothing when repeated", () => {
    const session = opened(POLLED);
    session.close("orderly", 0);
    expect(session.close("orderly", 10_000)).toBe(NOTHING);
    session.elapse(25_000);
    expect(session.deadline).toBe(30_000);
  });
});

describe("the status of a session that is closed", () => {
  const status = { code: 4001, reason: "enough" };
  const another = { code: 4002, reason: "more than enough" };

  it("is told to its wire, and to a candidate", () => {
    expect(told(opened(STREAM).close("orderly", 0, status))[0]).toBe("close current: 4001 enough");
    expect(told(upgrading().discard(status)).slice(0, 2)).toEqual([
      "discard current: 4001 enough",
      "discard candidate: 4001 enough",
    ]);
  });

  it("is the first that was given, also when the end has to wait", () => {
    const session = opened(STREAM);
    session.send(text("a"));
    session.flush();
    session.send(text("b"));
    session.close("orderly", 0, status);
    session.close("orderly", 0, another);
    expect(told(session.grant("current"))).toContain("close current: 4001 enough");
  });

  it("stays the same when the closing is cut short, by whomever", () => {
    const discarded = opened(POLLED);
    discarded.close("orderly", 0, status);
    expect(told(discarded.discard(another))[0]).toBe("discard current: 4001 enough");
    const expired = opened(POLLED);
    expired.close("orderly", 0, status);
    expect(told(expired.elapse(30_000))[0]).toBe("discard current: 4001 enough");
  });

  it("reaches the wire that a session moves to while it closes", () => {
    const session = upgrading();
    session.send(text("last"));
    session.close("orderly", 0, status);
    expect(told(session.receive("candidate", UPGRADE, 1))).toContain("close current: 4001 enough");
  });
});

describe("discarding", () => {
  it("throws away what waits for a poll, and ends the session at once", () => {
    const session = opened(POLLED);
    session.send(text("a"));
    expect(told(session.discard())).toEqual(["discard current", "closed: forced close"]);
  });

  it("throws away what waits for a busy stream, and ends the session at once", () => {
    const session = opened(STREAM);
    session.send(text("a"));
    session.flush();
    session.send(text("b"));
    expect(told(session.discard())).toEqual(["discard current", "closed: forced close"]);
  });

  it.each([POLLED, STREAM])("hands over first what the wire takes at once", (traits) => {
    const session = opened(traits);
    session.grant("current");
    session.send(text("a"));
    expect(told(session.discard())).toEqual(["current < 4a", "close current", "closed: forced close"]);
  });

  it("leaves the answer to a pending poll to the wire", () => {
    const session = opened(POLLED);
    session.grant("current");
    expect(told(session.discard())).toEqual(["discard current", "closed: forced close"]);
  });

  it("cuts a closing short", () => {
    const session = opened(POLLED);
    session.close("orderly", 0);
    expect(told(session.discard())).toEqual(["discard current", "closed: forced close"]);
  });

  it("drops a candidate too", () => {
    expect(told(upgrading().discard())).toEqual([
      "discard current",
      "discard candidate",
      "closed: forced close",
    ]);
  });

  it("ends a session that never opened", () => {
    const session = new Session(REVISION_4, POLLED);
    expect(told(session.close("orderly", 0))).toEqual(["discard current", "closed: forced close"]);
  });
});

describe("closing while upgrading", () => {
  it("answers a pending poll, and drops both wires", () => {
    const session = upgrading();
    session.grant("current");
    expect(told(session.close("orderly", 0))).toEqual([
      "current < 1",
      "close current",
      "close candidate",
      "closed: forced close",
    ]);
  });

  it("sends what waits on the new wire when the upgrade is committed, and closes there", () => {
    const session = upgrading();
    session.send(text("last"));
    expect(session.close("orderly", 0)).toBe(NOTHING);
    expect(told(session.receive("candidate", UPGRADE, 1))).toEqual([
      "discard current",
      "upgraded",
      "current < 4last",
      "close current",
      "closed: forced close",
    ]);
  });

  it("waits for the grant of the new wire, no longer than the close timeout", () => {
    const session = opened(POLLED);
    session.offer(STREAM, 0);
    session.send(text("last"));
    session.close("orderly", 0);
    expect(told(session.receive("candidate", UPGRADE, 1))).toEqual(["discard current", "upgraded"]);
    expect(session.elapse(25_000)).toBe(NOTHING);
    expect(session.deadline).toBe(30_000);
    expect(told(session.grant("current"))).toEqual([
      "current < 4last",
      "close current",
      "closed: forced close",
    ]);
  });

  it("still answers probes, so that the peer gets to its new wire", () => {
    const session = upgrading();
    session.close("orderly", 0);
    const probe = { type: "ping", data: "probe" } as const;
    expect(told(session.receive("candidate", probe, 1))).toEqual(["candidate < 3probe", "upgrading"]);
  });

  it("goes on closing when the upgrade fails", () => {
    const session = upgrading();
    session.close("orderly", 0);
    expect(told(session.elapse(10_000))).toEqual(["close candidate: 4408 upgrade timeout", "upgrade-failed"]);
    expect(session.state).toBe("closing");
    expect(told(session.grant("current"))).toContain("current < 6 1");
  });
});

describe("a peer that closes", () => {
  it("gets its pending poll back with a noop", () => {
    const session = opened(POLLED);
    session.grant("current");
    session.send(text("unsent"));
    expect(told(session.receive("current", CLOSE, 1))).toEqual([
      "deliver 1",
      "current < 6",
      "close current",
      "closed: transport close",
    ]);
    expect(session.outbox.packets).toEqual([text("unsent")]);
  });

  it.each([opened(POLLED), opened(STREAM)])("ends the session at once", (session) => {
    expect(told(session.receive("current", CLOSE, 1))).toEqual([
      "deliver 1",
      "close current",
      "closed: transport close",
    ]);
    expect(session.receive("current", text("after"), 1)).toBe(NOTHING);
  });

  it("ends a session that waits for its poll to close", () => {
    const session = opened(POLLED);
    session.close("orderly", 0);
    expect(told(session.receive("current", CLOSE, 1))).toEqual(["close current", "closed: transport close"]);
  });
});

describe("a lost wire", () => {
  it.each([
    ["transport close", "discard"],
    ["transport error", "discard"],
    ["parse error", "close"],
  ] as const)("ends the session with its reason and cause: %s", (reason, how) => {
    const cause = new Error("why");
    const effects = opened(STREAM).lost("current", reason, cause, 1);
    expect(told(effects)).toEqual([`${how} current`, `closed: ${reason}`]);
    expect(effects.at(-1)).toMatchObject({ cause });
  });
});

it("a closed session takes no input at all", () => {
  const session = opened(STREAM);
  session.discard();
  expect(session.send(text("a"))).toBe(false);
  const inputs = [
    session.open([text("a")], 1),
    session.flush(),
    session.grant("current"),
    session.grant("candidate"),
    session.receive("current", text("a"), 1),
    session.receive("candidate", UPGRADE, 1),
    session.lost("current", "transport close", undefined, 1),
    session.lost("candidate", "transport close", undefined, 1),
    session.close("orderly", 1),
    session.discard(),
    session.elapse(1e9),
  ];
  expect(inputs.every((effects) => effects === NOTHING)).toBe(true);
  expect([session.deadline, session.writable, session.state]).toEqual([Infinity, false, "closed"]);
});

it("a closing session takes no packets", () => {
  const session = opened(POLLED);
  session.close("orderly", 0);
  expect(session.send(text("late"))).toBe(false);
  expect([session.writable, session.outbox.packets.length]).toEqual([false, 0]);
});
