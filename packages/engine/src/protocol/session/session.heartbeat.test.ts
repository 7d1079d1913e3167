import { describe, expect, it } from "vitest";
import { EngineError } from "../../errors.ts";
import { NOTHING } from "./effects.ts";
import type { Session } from "./session.ts";
import { opened, POLLED, REVISION_3, STREAM, text, told, upgrading } from "./session.fixtures.ts";

const PONG = { type: "pong" } as const;
const PING = { type: "ping" } as const;

/** A revision 4 session whose ping is outstanding since 25,000. */
function pinged(): Session {
  const session = opened(STREAM);
  session.elapse(25_000);
  session.grant("current");
  return session;
}

describe("the heartbeat of revision 4", () => {
  it("pings one interval after the opening, not earlier", () => {
    const session = opened(STREAM);
    expect(session.elapse(24_999)).toBe(NOTHING);
    expect(told(session.elapse(25_000))).toEqual(["current < 2"]);
    expect(session.deadline).toBe(45_000);
  });

  it("sends what waits together with the ping", () => {
    const session = opened(STREAM);
    session.send(text("a"));
    expect(told(session.elapse(25_000))).toEqual(["current < 4a 2"]);
  });

  it("pings again one interval after the pong", () => {
    const session = pinged();
    expect(told(session.receive("current", PONG, 26_000))).toEqual(["deliver 3", "heartbeat"]);
    expect(session.deadline).toBe(51_000);
  });

  it("closes a session whose pong does not come in time", () => {
    const session = pinged();
    expect(session.elapse(44_999)).toBe(NOTHING);
    expect(told(session.elapse(45_000))).toEqual([
      "close current: 4408 ping timeout",
      "closed: ping timeout",
    ]);
    expect(session.deadline).toBe(Infinity);
  });

  it("does not wait for a wire that still holds output when the peer is silent", () => {
    const session = opened(STREAM);
    session.elapse(25_000);
    expect(told(session.elapse(45_000))).toEqual([
      "discard current: 4408 ping timeout",
      "closed: ping timeout",
    ]);
  });

  it("closes a polling session that never polls after interval and timeout", () => {
    const session = opened(POLLED);
    expect(session.elapse(25_000)).toBe(NOTHING);
    expect(session.outbox.packets).toEqual([PING]);
    expect(told(session.elapse(45_000))).toContain("closed: ping timeout");
  });

  it("gives a peer that sends something else more time, once per ping", () => {
    const session = pinged();
    session.receive("current", text("busy"), 40_000);
    expect(session.deadline).toBe(60_000);
    session.receive("current", text("still busy"), 50_000);
    expect(session.deadline).toBe(60_000);
    expect(told(session.elapse(60_000))).toContain("closed: ping timeout");
  });

  it("gives that time again with the next ping", () => {
    const session = pinged();
    session.receive("current", text("busy"), 40_000);
    session.receive("current", PONG, 41_000);
    session.elapse(66_000);
    session.receive("current", text("busy"), 70_000);
    expect(session.deadline).toBe(90_000);
  });

  it("does not count what a candidate says as a sign of life", () => {
    const session = opened(POLLED);
    session.elapse(25_000);
    session.offer(STREAM, 44_000);
    session.receive("candidate", { type: "ping", data: "probe" }, 44_000);
    expect(told(session.elapse(45_000))).toContain("closed: ping timeout");
  });

  it("does not let traffic postpone a ping that is not yet due", () => {
    const session = opened(STREAM);
    session.receive("current", text("x"), 20_000);
    expect(session.deadline).toBe(25_000);
  });

  it("accepts a pong that nobody asked for and postpones the next ping", () => {
    const session = opened(STREAM);
    expect(told(session.receive("current", PONG, 10_000))).toEqual(["deliver 3", "heartbeat"]);
    expect(session.deadline).toBe(35_000);
  });

  it("breaks off with a client that pings", () => {
    const session = opened(STREAM);
    const effects = session.receive("current", PING, 1);
    expect(told(effects)).toEqual([
      "deliver 2",
      "close current: 1002 invalid heartbeat direction",
      "closed: transport error",
    ]);
    const last = effects.at(-1);
    const cause = last?.kind === "closed" ? last.cause : undefined;
    expect(cause).toBeInstanceOf(EngineError);
    expect(cause).toMatchObject({ code: "INVALID_HEARTBEAT", message: "invalid heartbeat direction" });
  });

  it("ignores a pong after the end", () => {
    const session = pinged();
    session.elapse(45_000);
    expect(session.receive("current", PONG, 45_001)).toBe(NOTHING);
  });

  it("pings and then times out properly when the clock was late", () => {
    const session = opened(STREAM);
    expect(told(session.elapse(90_000))).toEqual(["current < 2"]);
    expect(session.deadline).toBe(110_000);
  });
});

describe("the heartbeat of revision 3", () => {
  it("answers each ping with a bare pong, whatever came with it", () => {
    const session = opened(STREAM, REVISION_3);
    expect(told(session.receive("current", { type: "ping", data: "xyz" }, 10_000))).toEqual([
      "deliver 2xyz",
      "current < 3",
      "heartbeat",
    ]);
    expect(session.deadline).toBe(55_000);
  });

  it("keeps the pong for the next poll", () => {
    const session = opened(POLLED, REVISION_3);
    expect(told(session.receive("current", PING, 1))).toEqual(["deliver 2", "heartbeat"]);
    expect(told(session.grant("current"))).toEqual(["current < 3"]);
  });

  it("never pings, and closes a silent peer interval and timeout after the opening", () => {
    const session = opened(STREAM, REVISION_3);
    expect(session.deadline).toBe(45_000);
    expect(session.elapse(44_999)).toBe(NOTHING);
    expect(told(session.elapse(45_000))).toEqual([
      "close current: 4408 ping timeout",
      "closed: ping timeout",
    ]);
  });

  it("does not take other traffic for a ping", () => {
    const session = opened(STREAM, REVISION_3);
    session.receive("current", text("x"), 40_000);
    expect(session.deadline).toBe(45_000);
  });

  it("breaks off with a client that sends a pong", () => {
    const session = opened(STREAM, REVISION_3);
    expect(told(session.receive("current", PONG, 1))).toEqual([
      "deliver 3",
      "close current: 1002 invalid heartbeat direction",
      "closed: transport error",
    ]);
  });
});

describe("the heartbeat across an upgrade", () => {
  it("keeps its schedule when no ping is outstanding", () => {
    const session = upgrading(10_000);
    session.receive("candidate", { type: "upgrade" }, 10_200);
    expect(session.deadline).toBe(25_000);
    expect(told(session.elapse(25_000))).toEqual(["current < 2"]);
  });

  it("starts again when a ping is outstanding, so that a lost pong kills nobody", () => {
    const session = upgrading(24_000);
    session.elapse(25_000);
    session.receive("candidate", { type: "upgrade" }, 26_000);
    expect(session.deadline).toBe(51_000);
    session.grant("current");
    expect(told(session.elapse(51_000))).toEqual(["current < 2"]);
    session.receive("current", PONG, 52_000);
    expect(session.deadline).toBe(77_000);
  });

  it("still closes a peer that is silent after upgrading between ping and pong", () => {
    const session = upgrading(24_000);
    session.elapse(25_000);
    session.receive("candidate", { type: "upgrade" }, 26_000);
    session.grant("current");
    session.elapse(51_000);
    session.grant("current");
    expect(told(session.elapse(71_000))).toEqual([
      "close current: 4408 ping timeout",
      "closed: ping timeout",
    ]);
  });

  it("takes the pong of a ping that was sent on the old wire", () => {
    const session = upgrading(24_000);
    session.elapse(25_000);
    session.receive("candidate", { type: "upgrade" }, 26_000);
    expect(told(session.receive("current", PONG, 27_000))).toEqual(["deliver 3", "heartbeat"]);
    expect(session.deadline).toBe(52_000);
  });

  it("still closes a silent client of revision 3, and never pings it", () => {
    const session = upgrading(10_000, REVISION_3);
    session.receive("candidate", { type: "upgrade" }, 10_200);
    expect(session.deadline).toBe(45_000);
    expect(told(session.elapse(45_000))).toEqual([
      "close current: 4408 ping timeout",
      "closed: ping timeout",
    ]);
  });
});

describe("a peer that leaves when its time has run out", () => {
  const left = [
    [
      "with a close packet",
      (session: Session, now: number) => session.receive("current", { type: "close" }, now),
    ],
    [
      "with its wire",
      (session: Session, now: number) => session.lost("current", "transport close", undefined, now),
    ],
    [
      "with its poll",
      (session: Session, now: number) =>
        session.lost("current", "transport error", new EngineError("POLL_ABORTED"), now),
    ],
  ] as const;

  it.each(left)("%s is a ping timeout, though the clock has yet to say so", (_, leave) => {
    expect(told(leave(pinged(), 45_000)).at(-1)).toBe("closed: ping timeout");
    expect(told(leave(pinged(), 44_800)).at(-1)).toBe("closed: ping timeout");
    expect(told(leave(pinged(), 55_000)).at(-1)).toBe("closed: ping timeout");
  });

  it.each(left)("%s before that, or a stall later, has left", (_, leave) => {
    expect(told(leave(pinged(), 44_799)).at(-1)).not.toBe("closed: ping timeout");
    expect(told(leave(pinged(), 55_001)).at(-1)).not.toBe("closed: ping timeout");
    expect(told(leave(opened(STREAM), 25_000)).at(-1)).not.toBe("closed: ping timeout");
  });

  it("counts from when the ping was due, where that was a little late", () => {
    const session = opened(STREAM);
    session.elapse(35_000);
    expect(session.deadline).toBe(45_000);
  });

  it("has all its time after a ping that a stall has held up", () => {
    const session = opened(STREAM);
    session.elapse(35_001);
    expect(session.deadline).toBe(55_001);
  });

  it("and has broken a rule before, has broken it", () => {
    const error = new EngineError("INVALID_FRAME");
    expect(told(pinged().lost("current", "transport error", error, 45_000)).at(-1)).toBe(
      "closed: transport error",
    );
  });
});
