import { type EngineConnection, type EngineOptions, Server, type WebTransportCloseInfo } from "@skein/engine";
import { Arrivals, FakeClock, MemoryHost, type MemoryWebTransport } from "@skein/testkit";
import { expect } from "vitest";
import { WebTransportClient } from "./webtransport-client.ts";

export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** An engine in memory that takes WebTransport. */
export function setUp(options: EngineOptions = {}) {
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

export type World = ReturnType<typeof setUp>;

/** A session that opened on WebTransport. */
export async function open(world: World) {
  const client = world.connect();
  await client.send({ type: "open" });
  const connection = await world.connections.next();
  const { data } = await client.received.next();
  return { client, connection, handshake: JSON.parse(String(data)) as Record<string, unknown> };
}

/**
 * Expects that the session was closed once, is not referenced any more, and opened no engine
 * session. Returns the status that its client got.
 */
export async function expectRefused(
  world: World,
  wire: MemoryWebTransport,
  sessions = 0,
): Promise<WebTransportCloseInfo | undefined> {
  const told = await wire.closed.catch(() => undefined);
  await settle();
  expect(wire.census.locked).toBe(false);
  expect(world.connections.pending).toEqual([]);
  expect(world.engine.clientsCount).toBe(sessions);
  // What is armed is the heartbeat of the sessions that go on.
  expect(world.clock.armed).toBe(sessions);
  return told;
}
