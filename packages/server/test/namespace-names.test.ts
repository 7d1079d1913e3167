import { memoryHeld, RawPolling } from "@skein/testkit";
import type { Socket as ClientSocket } from "socket.io-client";
import { describe, expect, test } from "vitest";
import type { ServerOptions } from "../src/index.ts";
import { until } from "./behaviour/waiting.ts";
import { hostNames, World } from "./support/world.ts";

const LIMIT = 1024;

function named(length: number): string {
  return `/${"n".repeat(length - 1)}`;
}

function outcome(client: ClientSocket): Promise<string> {
  return new Promise((resolve) => {
    client.once("connect", () => resolve("connected"));
    client.once("connect_error", ({ message }) => resolve(message));
  });
}

describe.each(hostNames)("on %s, the name of a namespace", (host) => {
  test.each(["polling", "websocket"])(
    "is refused beyond its limit, and the client is told, on %s",
    async (transport) => {
      const world = await World.start({}, host);
      const seen: string[] = [];
      world.io.of(/^\/n/);
      world.io.of((name, _auth, next) => {
        seen.push(name);
        next(null, true);
      });
      const options = { transports: [transport] };
      expect(await outcome(world.connecting(named(LIMIT), options))).toBe("connected");
      expect(await outcome(world.connecting(named(LIMIT + 1), options))).toBe("Invalid namespace");
      expect(await outcome(world.connecting(named(7 * LIMIT), options))).toBe("Invalid namespace");
      expect(seen).toEqual([]);
    },
  );

  test("is as long as the application wants where it gives the name itself", async () => {
    const world = await World.start({}, host);
    world.io.of(named(5000));
    expect(await outcome(world.connecting(named(5000), { transports: ["websocket"] }))).toBe("connected");
  });

  test("has the limit that the server is given", async () => {
    const world = await World.start({ maxNamespaceLength: 10 }, host);
    world.io.of(/^\/n/);
    expect(await outcome(world.connecting(named(10)))).toBe("connected");
    expect(await outcome(world.connecting(named(11)))).toBe("Invalid namespace");
  });

  test.each([4, 3])("far beyond its limit is not sent back whole, in revision %i", async (revision) => {
    const world = await World.start({ allowEIO3: true }, host);
    world.io.of(/^\/n/);
    const raw = await world.raw(revision);
    if (revision === 3) await raw.next();
    raw.send(`40${named(900_000)},`, `40${named(LIMIT + 1)},`, `40${named(20)},`);
    const error = '{"message":"Invalid namespace"}';
    expect(await raw.next()).toBe(`44${named(LIMIT)},${error}`);
    expect(await raw.next()).toBe(`44${named(LIMIT + 1)},${error}`);
    expect((await raw.next()).startsWith(`40${named(20)}`)).toBe(true);
  });
});

/** Bytes that may remain of all: an empty namespace takes some of them. */
const LEFT = 4_000_000;
const FILLING = "x".repeat(900_000);

interface Connects {
  readonly title: string;
  readonly options?: ServerOptions;
  prepare?(world: World): void;
  packet(index: number): string;
}

const named13 = (index: number): string => `/dynamic-namespace-${index}`;

const connects: readonly Connects[] = [
  {
    title: "whose name is too long",
    prepare: ({ io }) => void io.of(/^\/n/),
    packet: (index) => `40/n${FILLING}${index},`,
  },
  {
    title: "to namespaces that nothing allows",
    packet: (index) => `40${named13(index)},{"token":"${FILLING}"}`,
  },
  {
    title: "to namespaces that stay",
    prepare: ({ io }) => void io.of(/^\/dynamic/),
    packet: (index) => `40${named13(index)},{"token":"${FILLING}"}`,
  },
  {
    title: "that a middleware refuses, and the application has kept who they were",
    prepare: ({ io }) => {
      const names: string[] = [];
      io.of(/^\/dynamic/).use((socket, next) => {
        names.push(socket.nsp.name, String(socket.handshake.auth["name"]));
        next(new Error("no"));
      });
    },
    packet: (index) => `40${named13(index)},{"name":"a name of its own ${index}","token":"${FILLING}"}`,
  },
  {
    title: "that a matcher fails for, which is reported",
    prepare: (world) => {
      world.reports();
      world.io.of(() => {
        throw new Error("no");
      });
    },
    packet: (index) => `40${named13(index)},{"token":"${FILLING}"}`,
  },
];

/** Sends one packet, waits for an answer, and leaves. */
type Send = (world: World, packet: string) => Promise<void>;

const webSocketOf =
  (revision: number): Send =>
  async (world, packet) => {
    const raw = await world.raw(revision);
    if (revision === 3) await raw.next();
    raw.send(packet);
    await raw.next();
    raw.socket.terminate();
  };

const byPolling: Send = async ({ url }, packet) => {
  const client = new RawPolling(Number(new URL(url).port), "/socket.io/");
  await client.handshake();
  expect(await client.push(packet)).toBe("200 ok");
  await client.poll();
  await client.push("1");
};

const ways: readonly [number, string, Send][] = [
  [200, "on WebSocket", webSocketOf(4)],
  [40, "on long-polling", byPolling],
  [40, "on WebSocket in revision 3", webSocketOf(3)],
];

describe.each(ways)("%i CONNECTs of 900 kB %s", (count, _way, send) => {
  test.each(connects)(
    "$title leave nothing after their clients have left",
    async ({ prepare, packet }) => {
      const world = await World.start({ allowEIO3: true, serveClient: false });
      prepare?.(world);
      await send(world, packet(count));
      const before = await memoryHeld();
      for (let index = 0; index < count; index += 1) await send(world, packet(index));
      await until(() => world.io.engine.clientsCount === 0, "all clients to leave");
      expect((await memoryHeld()) - before).toBeLessThan(LEFT);
    },
    300_000,
  );
});
