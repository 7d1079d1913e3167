import { type EngineConnection, type EngineOptions, Server } from "@skein/engine";
import { Arrivals, FakeClock, MemoryHost, MemoryWebTransport } from "@skein/testkit";
import { describe, expect, it } from "vitest";
import { encodeFrames } from "../src/protocol/stream-codec.ts";
import { WebTransportClient } from "./webtransport-client.ts";

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function setUp(options: EngineOptions = {}) {
  const clock = new FakeClock();
  const engine = new Server({ transports: ["polling", "websocket", "webtransport"], ...options }, clock);
  const host = new MemoryHost();
  engine.attachHost(host);
  const connections = new Arrivals<EngineConnection>();
  engine.on("connection", (connection) => connections.push(connection));
  const connect = (): WebTransportClient => {
    const client = new WebTransportClient();
    engine.onWebTransportSession(client.session);
    return client;
  };
  const request = async (path: string, body?: string): Promise<string> => {
    const method = body === undefined ? "GET" : "POST";
    const spec = {
      method,
      path: `/engine.io/?transport=polling${path}`,
      ...(body !== undefined && { body }),
    };
    return String((await host.client.request(spec).response).body);
  };
  const openPolling = async (query = "&EIO=4") => {
    const text = await request(query);
    const handshake = JSON.parse(text.slice(text.indexOf("{"))) as { sid: string; upgrades: string[] };
    return { ...handshake, connection: await connections.next() };
  };
  return { clock, engine, connections, connect, request, openPolling };
}

type World = ReturnType<typeof setUp>;

/** A session that opened on WebTransport. */
async function open(world: World) {
  const client = world.connect();
  await client.send({ type: "open" });
  const connection = await world.connections.next();
  const { data } = await client.received.next();
  return { client, connection, handshake: JSON.parse(String(data)) as Record<string, unknown> };
}

/** The session was closed, once, nothing of it is held any more, and no session of the engine came of it. */
async function expectRefused(world: World, wire: MemoryWebTransport, sessions = 0): Promise<void> {
  await wire.closed.catch(() => {});
  await settle();
  expect(wire.census.locked).toBe(false);
  expect(world.connections.pending).toEqual([]);
  expect(world.engine.clientsCount).toBe(sessions);
  // What is armed is the heartbeat of the sessions that go on.
  expect(world.clock.armed).toBe(sessions);
}

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
    await expectRefused(world, client.wire);
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
    await expectRefused(world, second.wire, 1);
    await first.send({ type: "upgrade" });
    const third = world.connect();
    await third.send(upgrade);
    await expectRefused(world, third.wire, 1);
    expect(first.wire.census.closes).toBe(0);
  });

  it("is closed where upgrades are not allowed, and for clients of revision 3", async () => {
    const strict = setUp({ allowUpgrades: false });
    const { sid } = await strict.openPolling();
    const client = strict.connect();
    await client.send({ type: "open", data: JSON.stringify({ sid }) });
    await expectRefused(strict, client.wire, 1);
    const legacy = setUp({ allowEIO3: true });
    const old = await legacy.openPolling("&EIO=3");
    const late = legacy.connect();
    await late.send({ type: "open", data: JSON.stringify({ sid: old.sid }) });
    await expectRefused(legacy, late.wire, 1);
  });
});

describe("a WebTransport session is closed, and nothing is kept of it,", () => {
  it.each([
    ["a packet that is not open", encodeFrames(["4hello"])],
    ["a binary message", encodeFrames([Uint8Array.of(1)])],
    ["no packet", Uint8Array.of(0)],
    ["a packet above the limit", Uint8Array.of(127, 0, 0, 0, 0, 1, 0, 0, 0)],
    ["a sid of Object's prototype", encodeFrames(['0{"sid":"__proto__"}'])],
    ["a sid that names a method", encodeFrames(['0{"sid":"constructor"}'])],
    ["an unknown sid", encodeFrames(['0{"sid":"AAAAAAAAAAAAAAAAAAAA"}'])],
    ["an empty sid", encodeFrames(['0{"sid":""}'])],
    ["a sid that is no text", encodeFrames(['0{"sid":{"toString":1}}'])],
    ["no sid", encodeFrames(["0{}"])],
    ["an inherited sid", encodeFrames(['0{"__proto__":{"sid":"x"}}'])],
    ["JSON that is no object", encodeFrames(["0null"])],
    ["data that is no JSON", encodeFrames(["0{"])],
  ])("when it begins with %s", async (_title, bytes) => {
    const world = setUp();
    const client = world.connect();
    await client.write(bytes);
    await expectRefused(world, client.wire);
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
    await expectRefused(world, wire);
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
    await expectRefused(world, client.wire);
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
    await expectRefused(world, client.wire);
  });

  it("when a middleware is registered, which could not see it", async () => {
    const world = setUp();
    world.engine.use((_request, _response, next) => next());
    const client = world.connect();
    await client.send({ type: "open" });
    await expectRefused(world, client.wire);
    const withCors = setUp({ cors: { origin: "https://example.com" } });
    const other = withCors.connect();
    await other.send({ type: "open" });
    await expectRefused(withCors, other.wire);
  });

  it("when allowRequest should have allowed it, unless its session was allowed", async () => {
    const world = setUp({ allowRequest: (_request, callback) => callback(null, true) });
    const fresh = world.connect();
    await fresh.send({ type: "open" });
    await expectRefused(world, fresh.wire);
    const { sid, connection } = await world.openPolling();
    const client = world.connect();
    await client.send({ type: "open", data: JSON.stringify({ sid }) }, { type: "ping", data: "probe" });
    await client.received.next();
    await client.send({ type: "upgrade" });
    await settle();
    expect(connection.upgraded).toBe(true);
  });
});
