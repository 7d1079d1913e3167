import { MemoryWebTransport } from "@skein/testkit";
import { describe, expect, it } from "vitest";
import { encodeFrames } from "../src/protocol/codec/stream-codec.ts";
import { expectRefused, settle, setUp } from "./webtransport-world.ts";

const INVALID_OPENING = { closeCode: 1002, reason: "invalid opening packet" };
const TOO_LARGE = { closeCode: 1009, reason: "message too large" };
const UNKNOWN = { closeCode: 1008, reason: "session unknown" };
const TIMEOUT = { closeCode: 4408, reason: "handshake timeout" };
const FORBIDDEN = { closeCode: 1008, reason: "forbidden" };

describe("a WebTransport session is closed, and nothing is kept of it,", () => {
  it.each([
    ["a packet that is not open", encodeFrames(["4hello"]), INVALID_OPENING],
    ["a binary message", encodeFrames([Uint8Array.of(1)]), INVALID_OPENING],
    ["no packet", Uint8Array.of(0), { closeCode: 1002, reason: "parse error" }],
    ["a packet above the limit", Uint8Array.of(127, 0, 0, 0, 0, 1, 0, 0, 0), TOO_LARGE],
    ["a sid of Object's prototype", encodeFrames(['0{"sid":"__proto__"}']), UNKNOWN],
    ["a sid that names a method", encodeFrames(['0{"sid":"constructor"}']), UNKNOWN],
    ["an unknown sid", encodeFrames(['0{"sid":"AAAAAAAAAAAAAAAAAAAA"}']), UNKNOWN],
    ["an empty sid", encodeFrames(['0{"sid":""}']), INVALID_OPENING],
    ["a sid that is no text", encodeFrames(['0{"sid":{"toString":1}}']), INVALID_OPENING],
    ["no sid", encodeFrames(["0{}"]), INVALID_OPENING],
    ["an inherited sid", encodeFrames(['0{"__proto__":{"sid":"x"}}']), INVALID_OPENING],
    ["JSON that is no object", encodeFrames(["0null"]), INVALID_OPENING],
    ["data that is no JSON", encodeFrames(["0{"]), INVALID_OPENING],
  ])("when it begins with %s", async (_title, bytes, told) => {
    const world = setUp();
    const client = world.connect();
    await client.write(bytes);
    expect(await expectRefused(world, client.wire)).toEqual(told);
    expect(client.wire.census.closes).toBe(1);
  });

  it("when it opens no stream in time", async () => {
    const world = setUp({ upgradeTimeout: 500 });
    const wire = new MemoryWebTransport();
    world.engine.onWebTransportSession(wire.session);
    world.clock.advance(499);
    await settle();
    expect(wire.census).toEqual({ closes: 0, locked: true });
    world.clock.advance(1);
    expect(await expectRefused(world, wire)).toEqual(TIMEOUT);
    expect(world.engine.counters().refused).toEqual({ HANDSHAKE_TIMEOUT: 1 });
  });

  it("when it sends no whole packet in time", async () => {
    const world = setUp({ upgradeTimeout: 500 });
    const client = world.connect();
    await client.write(Uint8Array.of(10, 0x30));
    await settle();
    world.clock.advance(499);
    await settle();
    expect(client.wire.census.closes).toBe(0);
    world.clock.advance(1);
    expect(await expectRefused(world, client.wire)).toEqual(TIMEOUT);
  });

  it.each([
    ["leaves", (wire: MemoryWebTransport) => wire.close()],
    ["breaks off", (wire: MemoryWebTransport) => wire.break(new Error("gone"))],
  ])("when it %s before its first packet, with or without a stream", async (_title, end) => {
    const world = setUp();
    const bare = new MemoryWebTransport();
    world.engine.onWebTransportSession(bare.session);
    const { wire } = world.connect();
    await settle();
    for (const one of [bare, wire]) {
      end(one);
      await settle();
      world.clock.turn();
    }
    await expectRefused(world, bare);
    await expectRefused(world, wire);
  });

  it("when it ends its stream before its first packet", async () => {
    const world = setUp();
    const client = world.connect();
    await client.finish();
    await expectRefused(world, client.wire);
  });

  it("when the engine is closed before its first packet", async () => {
    const world = setUp();
    const client = world.connect();
    await settle();
    world.engine.close();
    expect(await expectRefused(world, client.wire)).toEqual({
      closeCode: 1001,
      reason: "server shutting down",
    });
  });

  it("when a middleware is registered, which could not see it", async () => {
    const world = setUp();
    world.engine.use((_request, _response, next) => next());
    const client = world.connect();
    await client.send({ type: "open" });
    expect(await expectRefused(world, client.wire)).toEqual(FORBIDDEN);
    expect(world.engine.counters().refused).toEqual({ FORBIDDEN: 1 });
    const withCors = setUp({ cors: { origin: "https://example.com" } });
    const other = withCors.connect();
    await other.send({ type: "open" });
    await expectRefused(withCors, other.wire);
  });

  it("when allowRequest should have allowed it, unless its session was allowed", async () => {
    const world = setUp({ allowRequest: (_request, callback) => callback(null, true) });
    const fresh = world.connect();
    await fresh.send({ type: "open" });
    expect(await expectRefused(world, fresh.wire)).toEqual(FORBIDDEN);
    expect(world.engine.counters().refused).toEqual({ FORBIDDEN: 1 });
    const { sid, connection } = await world.openPolling();
    const client = world.connect();
    await client.send({ type: "open", data: JSON.stringify({ sid }) }, { type: "ping", data: "probe" });
    await client.received.next();
    await client.send({ type: "upgrade" });
    await settle();
    expect(connection.upgraded).toBe(true);
  });

  it("when there are as many sessions, or handshakes, as there may be", async () => {
    const full = setUp({ maxSessions: 0 });
    const client = full.connect();
    await client.send({ type: "open" });
    expect(await expectRefused(full, client.wire)).toEqual({ closeCode: 1013, reason: "too many sessions" });
    expect(full.engine.counters().refused).toEqual({ TOO_MANY_SESSIONS: 1 });
    const busy = setUp({ maxPendingHandshakes: 1 });
    const first = busy.connect();
    const second = busy.connect();
    expect(await second.wire.closed).toEqual({ closeCode: 1013, reason: "too many handshakes" });
    expect(busy.engine.counters().refused).toEqual({ TOO_MANY_HANDSHAKES: 1 });
    first.wire.close();
    await expectRefused(busy, first.wire);
  });
});
