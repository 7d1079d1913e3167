import { describe, expect, it } from "vitest";
import { NOTHING } from "./effects.ts";
import { opened, POLLED, REVISION_3, STREAM, text, told, upgrading } from "./session.fixtures.ts";
import type { ReceivedPacket } from "../packet.ts";

const PROBE: ReceivedPacket = { type: "ping", data: "probe" };
const UPGRADE: ReceivedPacket = { type: "upgrade" };

describe("an offered candidate", () => {
  it("is taken once, and only while the session is open", () => {
    const session = opened(POLLED);
    expect(session.offer(STREAM, 0)).toBe(true);
    expect(session.state).toBe("upgrading");
    expect(session.offer(STREAM, 0)).toBe(false);
    session.receive("candidate", UPGRADE, 1);
    expect(session.offer(STREAM, 2)).toBe(false);
    session.discard();
    expect(session.offer(STREAM, 4)).toBe(false);
  });

  it("is refused by a session that is closing", () => {
    const session = opened(POLLED);
    session.close("orderly", 0);
    expect(session.offer(STREAM, 1)).toBe(false);
  });

  it("leaves messages in both directions on the old wire until the upgrade is committed", () => {
    const session = upgrading();
    session.send(text("x1"));
    expect(told(session.grant("current"))).toEqual(["current < 4x1"]);
    expect(told(session.receive("current", text("y"), 2))).toEqual(["deliver 4y"]);
  });
});

describe("a probe", () => {
  it.each([opened(POLLED), opened(POLLED, REVISION_3)])(
    "is answered on the candidate, past the outbox",
    (session) => {
      session.send(text("waits"));
      session.offer(STREAM, 0);
      session.grant("candidate");
      expect(told(session.receive("candidate", PROBE, 1))).toEqual(["candidate < 3probe", "upgrading"]);
      expect(session.outbox.packets).toEqual([text("waits")]);
    },
  );

  it("that comes before the candidate grants is answered with the grant, once", () => {
    const session = opened(POLLED);
    session.offer(STREAM, 0);
    expect(told(session.receive("candidate", PROBE, 1))).toEqual(["upgrading"]);
    session.receive("candidate", PROBE, 1);
    expect(told(session.grant("candidate"))).toEqual(["candidate < 3probe"]);
    expect(session.grant("candidate")).toBe(NOTHING);
  });

  it("that is repeated is answered again and restarts the noop interval", () => {
    const session = upgrading();
    session.grant("current");
    expect(told(session.receive("candidate", PROBE, 60))).toEqual(["candidate < 3probe", "upgrading"]);
    expect(session.elapse(100)).toBe(NOTHING);
    expect(told(session.elapse(160))).toEqual(["current < 6"]);
  });

  it.each<[string, ReceivedPacket]>([
    ["a message", { type: "message", data: "x" }],
    ["a bare ping", { type: "ping" }],
    ["a ping with other data", { type: "ping", data: "prob" }],
    ["a close packet", { type: "close" }],
    ["a pong", { type: "pong", data: "probe" }],
  ])("replaced by %s costs the candidate, and nothing else", (_what, packet) => {
    const session = opened(POLLED);
    session.offer(STREAM, 0);
    expect(told(session.receive("candidate", packet, 1))).toEqual([
      "close candidate: 1002 invalid probe",
      "upgrade-failed",
    ]);
    expect([session.state, session.upgraded, session.deadline]).toEqual(["open", false, 25_000]);
    expect(session.offer(STREAM, 2)).toBe(true);
  });

  it("followed by something unexpected costs the candidate as well", () => {
    const session = upgrading();
    expect(told(session.receive("candidate", text("early"), 1))).toEqual([
      "close candidate: 1002 invalid probe",
      "upgrade-failed",
    ]);
    expect(session.receive("candidate", UPGRADE, 2)).toBe(NOTHING);
  });
});

describe("a poll that is pending while a candidate is probed", () => {
  it("is released with a noop one noop interval after the probe, and the next one again", () => {
    const session = upgrading();
    session.grant("current");
    expect(session.deadline).toBe(100);
    expect(session.elapse(99)).toBe(NOTHING);
    expect(told(session.elapse(100))).toEqual(["current < 6"]);
    expect(session.elapse(200)).toBe(NOTHING);
    session.grant("current");
    expect(told(session.elapse(300))).toEqual(["current < 6"]);
  });

  it("is released with what waits, if something does", () => {
    const session = upgrading();
    session.grant("current");
    session.send(text("x"));
    expect(told(session.elapse(100))).toEqual(["current < 4x"]);
  });

  it("has no counterpart on a stream, which is never held back", () => {
    const session = opened(STREAM);
    session.offer(STREAM, 0);
    session.receive("candidate", PROBE, 0);
    expect(session.elapse(100)).toBe(NOTHING);
    expect(session.writable).toBe(true);
  });

  it("is left alone before a probe came and after the candidate was given up", () => {
    const session = opened(POLLED);
    session.grant("current");
    session.offer(STREAM, 0);
    expect(session.elapse(5_000)).toBe(NOTHING);
    session.receive("candidate", PROBE, 6_000);
    session.lost("candidate", "transport close", undefined, 1);
    expect(session.elapse(6_100)).toBe(NOTHING);
  });
});

describe("a committed upgrade", () => {
  it("discards the old wire and sends what waited on the new one, in order", () => {
    const session = upgrading();
    session.send(text("x1"));
    session.send(text("x2"));
    expect(told(session.receive("candidate", UPGRADE, 1))).toEqual([
      "discard current",
      "upgraded",
      "current < 4x1 4x2",
    ]);
    expect([session.state, session.upgraded]).toEqual(["open", true]);
    expect(told(session.receive("current", text("y"), 2))).toEqual(["deliver 4y"]);
  });

  it("needs no probe", () => {
    const session = opened(POLLED);
    session.offer(STREAM, 0);
    expect(told(session.receive("candidate", UPGRADE, 1))).toEqual(["discard current", "upgraded"]);
  });

  it("keeps the outbox until the new wire grants", () => {
    const session = opened(POLLED);
    session.offer(STREAM, 0);
    session.send(text("x"));
    session.receive("candidate", UPGRADE, 1);
    expect(session.flush()).toBe(NOTHING);
    expect(told(session.grant("current"))).toEqual(["current < 4x"]);
  });

  it("keeps the grant that the new wire had, and not the one of the old wire", () => {
    const granted = upgrading();
    granted.receive("candidate", UPGRADE, 1);
    expect(granted.writable).toBe(true);

    const ungranted = opened(POLLED);
    ungranted.grant("current");
    ungranted.offer(STREAM, 0);
    ungranted.receive("candidate", UPGRADE, 1);
    expect(ungranted.writable).toBe(false);
  });

  it("still answers a probe that the new wire could not take yet, before all else", () => {
    const session = opened(POLLED);
    session.offer(STREAM, 0);
    session.send(text("x"));
    session.receive("candidate", PROBE, 0);
    session.receive("candidate", UPGRADE, 1);
    expect(told(session.grant("current"))).toEqual(["current < 3probe 4x"]);
  });

  it("does not end in the timeout of the upgrade", () => {
    const session = upgrading();
    session.receive("candidate", UPGRADE, 1);
    expect(session.elapse(10_000)).toBe(NOTHING);
    expect(session.state).toBe("open");
  });
});

describe("an upgrade that fails", () => {
  it.each([
    ["transport close", "discard"],
    ["transport error", "discard"],
    ["parse error", "close"],
  ] as const)("because the candidate was lost by %s leaves the session unharmed", (reason, how) => {
    const session = upgrading();
    session.send(text("x"));
    expect(told(session.lost("candidate", reason, undefined, 1))).toEqual([
      `${how} candidate`,
      "upgrade-failed",
    ]);
    expect(told(session.grant("current"))).toEqual(["current < 4x"]);
    expect(session.offer(STREAM, 3)).toBe(true);
  });

  it("because its time is over leaves the session unharmed", () => {
    const session = opened(POLLED);
    session.offer(STREAM, 1_000);
    expect(session.deadline).toBe(11_000);
    expect(session.elapse(10_999)).toBe(NOTHING);
    expect(told(session.elapse(11_000))).toEqual(["close candidate: 4408 upgrade timeout", "upgrade-failed"]);
    expect([session.state, session.deadline]).toEqual(["open", 25_000]);
    expect(session.offer(STREAM, 12_000)).toBe(true);
  });

  it("can't be prolonged with probes", () => {
    const session = upgrading();
    session.receive("candidate", PROBE, 9_999);
    expect(told(session.elapse(10_000))).toEqual(["close candidate: 4408 upgrade timeout", "upgrade-failed"]);
  });
});

describe("a session that ends while upgrading", () => {
  it("drops both wires", () => {
    const session = upgrading();
    expect(told(session.lost("current", "transport error", undefined, 1))).toEqual([
      "discard current",
      "discard candidate",
      "closed: transport error",
    ]);
  });

  it("sends nothing after its end, though a noop is due at the same moment", () => {
    const session = opened(POLLED);
    session.grant("current");
    session.elapse(25_000);
    session.grant("current");
    session.offer(STREAM, 44_000);
    session.receive("candidate", PROBE, 44_900);
    expect(told(session.elapse(45_000))).toEqual([
      "close current: 4408 ping timeout",
      "close candidate: 4408 ping timeout",
      "closed: ping timeout",
    ]);
  });

  it("times out like any other", () => {
    const session = opened(POLLED);
    session.elapse(25_000);
    session.offer(STREAM, 44_999);
    expect(told(session.elapse(45_000))).toEqual([
      "discard current: 4408 ping timeout",
      "discard candidate: 4408 ping timeout",
      "closed: ping timeout",
    ]);
  });
});
