import { describe, expect, it } from "vitest";
import { NOTHING } from "./effects.ts";
import { Session } from "./session.ts";
import { opened, POLLED, REVISION_4, STREAM, text, told } from "./session.fixtures.ts";

const OPEN_PACKET = { type: "open", data: "{}" } as const;

describe("a session that opens", () => {
  it("sends the open packet and what follows it in one batch when the wire has granted already", () => {
    const session = new Session(REVISION_4, POLLED);
    expect(session.grant("current")).toBe(NOTHING);
    expect(told(session.open([OPEN_PACKET, text("hi")], 0))).toEqual(["current < 0{} 4hi"]);
    expect(session.state).toBe("open");
  });

  it("keeps the open packet for a grant that comes later", () => {
    const session = new Session(REVISION_4, STREAM);
    expect(session.open([OPEN_PACKET], 0)).toBe(NOTHING);
    expect(told(session.grant("current"))).toEqual(["current < 0{}"]);
  });

  it("sends what was queued before the opening after the open packet", () => {
    const session = new Session(REVISION_4, STREAM);
    session.grant("current");
    expect(session.send(text("early"))).toBe(true);
    expect(session.flush()).toBe(NOTHING);
    expect(told(session.open([OPEN_PACKET], 0))).toEqual(["current < 0{} 4early"]);
  });

  it("has no deadline, ignores packets and takes no candidate before", () => {
    const session = new Session(REVISION_4, STREAM);
    expect(session.deadline).toBe(Infinity);
    expect(session.receive("current", text("x"), 0)).toBe(NOTHING);
    expect(session.elapse(1e9)).toBe(NOTHING);
    expect(session.offer(STREAM, 0)).toBe(false);
    expect(session.writable).toBe(false);
  });

  it("opens once", () => {
    const session = opened(STREAM);
    expect(session.open([OPEN_PACKET], 5)).toBe(NOTHING);
    expect(session.deadline).toBe(25_000);
  });
});

describe("the outbox", () => {
  it("waits for the flush, and leaves as one batch in the order of the sends", () => {
    const session = opened(STREAM);
    session.send(text("a"));
    session.send({ type: "message", data: Uint8Array.of(1, 2) });
    session.send(text("c"));
    expect(told(session.flush())).toEqual(["current < 4a bAQI= 4c"]);
    expect(session.outbox.packets).toEqual([]);
  });

  it("is handed over itself, so that a batch is never copied", () => {
    const session = opened(STREAM);
    session.send(text("a"));
    const waiting = session.outbox.packets;
    const [effect] = session.flush();
    expect(effect?.kind === "transmit" && effect.batch).toBe(waiting);
    session.send(text("b"));
    expect(waiting).toHaveLength(1);
  });

  it("leaves only with a grant, and a grant takes one batch", () => {
    const session = opened(STREAM);
    session.send(text("a"));
    session.flush();
    session.send(text("b"));
    expect(session.flush()).toBe(NOTHING);
    expect(session.outbox.packets).toEqual([text("b")]);
    expect(told(session.grant("current"))).toEqual(["current < 4b"]);
  });

  it("leaves at once when a poll comes", () => {
    const session = opened(POLLED);
    session.send(text("a"));
    expect(told(session.grant("current"))).toEqual(["current < 4a"]);
  });

  it("costs nothing to flush when it is empty, and keeps the grant", () => {
    const session = opened(STREAM);
    expect(session.flush()).toBe(NOTHING);
    session.send(text("a"));
    expect(told(session.flush())).toEqual(["current < 4a"]);
  });
});

describe("writable", () => {
  it("is true while a message would leave with the next flush, with those of its turn", () => {
    const session = opened(STREAM);
    expect(session.writable).toBe(true);
    session.send(text("a"));
    expect(session.writable).toBe(true);
    session.flush();
    expect(session.writable).toBe(false);
    session.grant("current");
    expect(session.writable).toBe(true);
  });

  it("is false without a pending poll", () => {
    const session = opened(POLLED);
    expect(session.writable).toBe(false);
    session.grant("current");
    expect(session.writable).toBe(true);
  });
});

describe("a received message", () => {
  it("is delivered", () => {
    const packet = text("hello");
    const effects = opened(STREAM).receive("current", packet, 1);
    expect(effects).toEqual([{ kind: "deliver", packet }]);
  });

  it.each(["open", "upgrade", "noop"] as const)("of type %s is observed and changes nothing", (type) => {
    const session = opened(STREAM);
    expect(session.receive("current", { type }, 1)).toEqual([{ kind: "deliver", packet: { type } }]);
    expect([session.state, session.deadline]).toEqual(["open", 25_000]);
  });

  it("is ignored while the session is closing and after", () => {
    const session = opened(POLLED);
    session.close("orderly", 0);
    expect(session.state).toBe("closing");
    expect(session.receive("current", text("late"), 1)).toBe(NOTHING);
    session.discard();
    expect(session.receive("current", text("late"), 1)).toBe(NOTHING);
  });
});

it("reproduces the sample transcript of polling: handshake, echo, close", () => {
  const session = new Session(REVISION_4, POLLED);
  session.grant("current");
  expect(told(session.open([OPEN_PACKET], 0))).toEqual(["current < 0{}"]);

  const echoed = ["a", "b"].map((data) => {
    const delivered = told(session.receive("current", text(data), 10));
    session.send(text(data));
    return delivered;
  });
  expect(echoed.flat()).toEqual(["deliver 4a", "deliver 4b"]);
  expect(session.flush()).toBe(NOTHING);
  expect(told(session.grant("current"))).toEqual(["current < 4a 4b"]);

  session.grant("current");
  expect(told(session.receive("current", { type: "close" }, 40))).toEqual([
    "deliver 1",
    "current < 6",
    "close current",
    "closed: transport close",
  ]);
});

it("reproduces the sample transcript of a WebSocket: a ping one interval after each pong", () => {
  const session = opened(STREAM, { ...REVISION_4, pingInterval: 300, pingTimeout: 200 });
  for (const pingAt of [300, 650, 1_000]) {
    expect(session.deadline).toBe(pingAt);
    expect(told(session.elapse(pingAt))).toEqual(["current < 2"]);
    session.grant("current");
    expect(told(session.receive("current", { type: "pong" }, pingAt + 50))).toEqual([
      "deliver 3",
      "heartbeat",
    ]);
  }
});
