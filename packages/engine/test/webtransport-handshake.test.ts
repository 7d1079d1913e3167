import { Arrivals } from "@skein/testkit";
import { describe, expect, it } from "vitest";
import { encodeFrames } from "../src/protocol/codec/stream-codec.ts";
import type { WebTransportClient } from "./webtransport-client.ts";
import { expectRefused, open, settle, setUp, type World } from "./webtransport-world.ts";

const NO_UPGRADE = { closeCode: 1008, reason: "upgrade refused" };

describe("a WebTransport session that opens an engine session", () => {
  it("gets the open packet, without upgrades", async () => {
    const world = setUp();
    const { connection, handshake } = await open(world);
    expect(Object.keys(handshake)).toEqual(["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]);
    expect(handshake).toMatchObject({ sid: connection.id, upgrades: [], maxPayload: 1_000_000 });
    expect(connection.id).toMatch(/^[\w-]{20}$/);
    expect(world.engine.clients[connection.id]).toBe(connection);
  });

  it("has no request, no address, and is secure", async () => {
    const { connection } = await open(setUp());
    expect(connection).toMatchObject({ request: null, remoteAddress: undefined, secure: true, protocol: 4 });
    expect(connection.transport.name).toBe("webtransport");
    expect(connection.topicSubscriber).toBeUndefined();
  });

  it("gets the initial packet right after it", async () => {
    const { client } = await open(setUp({ initialPacket: "welcome" }));
    expect(await client.received.next()).toEqual({ type: "message", data: "welcome" });
  });

  it("carries messages both ways, in one piece or byte by byte", async () => {
    const world = setUp();
    const { client, connection } = await open(world);
    connection.on("message", (data: string | Uint8Array) => connection.send(data));
    await client.send({ type: "message", data: "a€" }, { type: "message", data: Uint8Array.of(1, 2) });
    for (const byte of encodeFrames(["4slow"])) await client.write(Uint8Array.of(byte));
    await settle();
    world.clock.turn();
    expect(await client.received.take(3)).toEqual([
      { type: "message", data: "a€" },
      { type: "message", data: Buffer.from([1, 2]) },
      { type: "message", data: "slow" },
    ]);
  });

  it("loses nothing of what came together with its first packet", async () => {
    const world = setUp();
    world.engine.on("connection", (connection) => {
      connection.on("message", (data: string) => connection.send(`echo ${data}`));
    });
    const client = world.connect();
    await client.send({ type: "open" }, { type: "message", data: "early" });
    await world.connections.next();
    await client.received.next();
    world.clock.turn();
    expect(await client.received.next()).toEqual({ type: "message", data: "echo early" });
  });

  it("is sent pings, and closed when it does not answer", async () => {
    const world = setUp();
    const { client, connection } = await open(world);
    const reasons = new Arrivals<string>();
    connection.on("close", (reason: string) => reasons.push(reason));
    world.clock.advance(25_000);
    expect(await client.received.next()).toEqual({ type: "ping" });
    await client.send({ type: "pong" });
    await settle();
    world.clock.advance(25_000);
    expect(await client.received.next()).toEqual({ type: "ping" });
    world.clock.advance(20_000);
    expect(await reasons.next()).toBe("ping timeout");
    expect(await expectRefused(world, client.wire)).toEqual({ closeCode: 4408, reason: "ping timeout" });
  });

  it.each([
    ["leaves", "transport close", (client: WebTransportClient) => client.wire.close()],
    ["breaks off", "transport error", (client: WebTransportClient) => client.wire.break(new Error("gone"))],
    ["sends nonsense", "parse error", (client: WebTransportClient) => void client.write(Uint8Array.of(0))],
    [
      "is closed by the server",
      "forced close",
      (_client: WebTransportClient, world: World) => world.engine.close(),
    ],
  ])("ends when it %s: %s", async (_title, reason, end) => {
    const world = setUp();
    const { client, connection } = await open(world);
    const reasons = new Arrivals<string>();
    connection.on("close", (told: string) => reasons.push(told));
    end(client, world);
    await settle();
    world.clock.turn();
    expect(await reasons.next()).toBe(reason);
    await expectRefused(world, client.wire);
  });
});

describe("a WebTransport session that upgrades a polling session", () => {
  it("is offered only when the engine is told to", async () => {
    expect((await setUp().openPolling()).upgrades).toEqual(["websocket", "webtransport"]);
    expect((await setUp({ transports: ["polling"] }).openPolling()).upgrades).toEqual([]);
  });

  it("takes over after the probe, with what waited", async () => {
    const world = setUp();
    const { sid, connection } = await world.openPolling();
    const client = world.connect();
    await client.send({ type: "open", data: JSON.stringify({ sid }) }, { type: "ping", data: "probe" });
    expect(await client.received.next()).toEqual({ type: "pong", data: "probe" });
    expect(connection).toMatchObject({ upgrading: true, upgraded: false });
    connection.send("waited");
    world.clock.turn();
    await client.send({ type: "upgrade" }, { type: "message", data: "after" });
    expect(await client.received.next()).toEqual({ type: "message", data: "waited" });
    expect(connection).toMatchObject({ upgrading: false, upgraded: true, transportName: "webtransport" });
    expect(await world.request(`&EIO=4&sid=${sid}`)).toContain("Bad request");
    expect(connection.request?.url).toContain("transport=polling");
  });

  it.each([
    ["leaves", (client: WebTransportClient) => client.wire.close()],
    ["breaks off", (client: WebTransportClient) => client.wire.break(new Error("gone"))],
    ["sends nonsense", (client: WebTransportClient) => void client.write(Uint8Array.of(0))],
    ["sends another packet", (client: WebTransportClient) => void client.send({ type: "message" })],
    ["does not go on", (_client: WebTransportClient, world: World) => world.clock.advance(10_000)],
  ])("leaves that session unharmed when it %s", async (_title, end) => {
    const world = setUp();
    const { sid, connection } = await world.openPolling();
    const client = world.connect();
    await client.send({ type: "open", data: JSON.stringify({ sid }) });
    await settle();
    expect(connection.upgrading).toBe(true);
    end(client, world);
    await settle();
    world.clock.turn();
    await expectRefused(world, client.wire, 1);
    expect(connection).toMatchObject({ readyState: "open", upgrading: false, upgraded: false });
    connection.send("still here");
    world.clock.turn();
    expect(await world.request(`&EIO=4&sid=${sid}`)).toBe("4still here");
  });

  it("is closed when the session is upgrading already, or has been upgraded", async () => {
    const world = setUp();
    const { sid } = await world.openPolling();
    const first = world.connect();
    const upgrade = { type: "open", data: JSON.stringify({ sid }) } as const;
    await first.send(upgrade, { type: "ping", data: "probe" });
    await first.received.next();
    const second = world.connect();
    await second.send(upgrade);
    expect(await expectRefused(world, second.wire, 1)).toEqual(NO_UPGRADE);
    await first.send({ type: "upgrade" });
    const third = world.connect();
    await third.send(upgrade);
    expect(await expectRefused(world, third.wire, 1)).toEqual(NO_UPGRADE);
    expect(world.engine.counters().refused).toEqual({ BAD_REQUEST: 2 });
    expect(first.wire.census.closes).toBe(0);
  });

  it("is closed where upgrades are not allowed, and for clients of revision 3", async () => {
    const strict = setUp({ allowUpgrades: false });
    const { sid } = await strict.openPolling();
    const client = strict.connect();
    await client.send({ type: "open", data: JSON.stringify({ sid }) });
    expect(await expectRefused(strict, client.wire, 1)).toEqual(NO_UPGRADE);
    const legacy = setUp({ allowEIO3: true });
    const old = await legacy.openPolling("&EIO=3");
    const late = legacy.connect();
    await late.send({ type: "open", data: JSON.stringify({ sid: old.sid }) });
    expect(await expectRefused(legacy, late.wire, 1)).toEqual(NO_UPGRADE);
  });
});
