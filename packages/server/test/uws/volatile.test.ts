import * as fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "../behaviour/waiting.ts";
import { manyClients, type TestClient, type Manner, UwsServer } from "./support/party.ts";
import { Unread } from "./support/unread.ts";

const KILOBYTE = "x".repeat(1000);
const MEGABYTE = 1_000_000;
/** The same scripts in every run. A failure prints the seed and the path to the script. */
const SEED = 20_261;

const hosts = { "µWebSockets.js": UwsServer.onUws, Node: UwsServer.onNode };
const names = Object.keys(hosts) as (keyof typeof hosts)[];

/** Enough for broadcasts to be published where a host does that, and every way to read at once. */
const MANNERS: readonly Manner[] = [...manyClients, "upgraded", "older", "base64"];

type Emitter = { emit(event: string, ...args: unknown[]): unknown };

/** One event, and whether the turn ends with it. */
interface Step {
  readonly volatile: boolean;
  readonly way: "direct" | "all" | "room" | "others";
  readonly bytes: boolean;
  readonly turn: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  volatile: fc.boolean(),
  way: fc.constantFrom("direct", "all", "room", "others"),
  bytes: fc.boolean(),
  turn: fc.boolean(),
});
const script = fc.array(step, { minLength: 3, maxLength: 30, size: "max" });

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Senders of one event: a broadcast to all sockets, or a direct send to each. */
function emitters({ io }: UwsServer, { way, volatile }: Step): Emitter[] {
  const sockets = Array.from(io.sockets.sockets.values());
  switch (way) {
    case "direct":
      return sockets.map((socket) => (volatile ? socket.volatile : socket));
    case "all":
      return [volatile ? io.volatile : io];
    case "room":
      return [volatile ? io.volatile.to("room") : io.to("room")];
    case "others":
      return [volatile ? io.volatile.except("nobody") : io.except("nobody")];
  }
}

async function play(party: UwsServer, steps: readonly Step[]): Promise<void> {
  for (const [serial, happens] of steps.entries()) {
    const payload = happens.bytes ? [Buffer.of(serial)] : [];
    for (const emitter of emitters(party, happens)) emitter.emit("n", serial, ...payload);
    if (happens.turn) await nextTurn();
  }
}

/** The serials of the events that a client got, and how many attachments. */
async function heard(guest: TestClient): Promise<{ serials: number[]; attachments: number }> {
  const story = await guest.story();
  const events = story.flatMap((packet) => /\["n",(\d+)/.exec(packet)?.slice(1) ?? []);
  return { serials: events.map(Number), attachments: story.length - events.length };
}

describe.each(names)("on %s", (host) => {
  const start = hosts[host];

  test("clients that read get every volatile event, behind whatever was sent in its turn", async () => {
    const party = await start({ transports: ["polling", "websocket"] });
    onTestFinished(() => party.close());
    const guests = await party.guests(MANNERS);
    party.io.socketsJoin("room");
    for (const guest of guests) await guest.story();
    await fc.assert(
      fc.asyncProperty(script, async (steps) => {
        await play(party, steps);
        const all = {
          serials: Array.from(steps.keys()),
          attachments: steps.filter(({ bytes }) => bytes).length,
        };
        for (const guest of guests) expect(await heard(guest)).toEqual(all);
      }),
      { seed: SEED, numRuns: 30 },
    );
  }, 60_000);

  test("a client that reads nothing is kept no volatile event, and gets all others once it reads", async () => {
    await fc.assert(
      fc.asyncProperty(script, async (steps) => {
        const party = await start();
        const peer = await Unread.connect(party.origin);
        try {
          await expectOthersOnly(party, peer, steps);
        } finally {
          peer.drop();
          await party.close();
        }
      }),
      { seed: SEED, numRuns: 2, endOnFailure: true },
    );
  }, 60_000);

  test("more volatile events in one turn than may wait for a client close nothing", async () => {
    const party = await start({ maxOutboxBytes: 10 * KILOBYTE.length });
    onTestFinished(() => party.close());
    const [guest, other] = [await party.guest(), await party.guest()];
    for (const { wire } of [guest, other]) await wire.next();
    for (let n = 0; n < 1000; n += 1) {
      guest.socket.volatile.emit("n", n, Buffer.from(KILOBYTE));
      party.io.volatile.emit("n", n, KILOBYTE, Buffer.from(KILOBYTE));
    }
    for (const { wire, socket } of [guest, other]) {
      expect(socket.connected).toBe(true);
      expect(await wire.next()).toMatch(/^45[12]-/);
    }
    party.io.emit("still here");
    await until(() => guest.socket.conn.transport.writable, "the client to catch up");
    expect((await guest.story()).at(-1)).toBe('42["still here"]');
  });
});

/**
 * Sends to a client that has stopped reading, and then to one that resumed: all non-volatile events
 * must arrive.
 */
async function expectOthersOnly(party: UwsServer, peer: Unread, steps: readonly Step[]): Promise<void> {
  const { io } = party;
  await until(() => io.sockets.sockets.size === 1, "the client to arrive");
  const [socket] = io.sockets.sockets.values();
  if (socket === undefined) throw new Error("nobody has arrived");
  await party.guests(manyClients);
  io.socketsJoin("room");
  let sent = 0;
  while (socket.conn.bufferedAmount < MEGABYTE) {
    for (let n = 0; n < 100; n += 1) io.emit("ordinary", sent++, KILOBYTE);
    await nextTurn();
  }
  for (const happens of steps) {
    for (const emitter of emitters(party, happens)) {
      if (happens.volatile) emitter.emit("volatile", KILOBYTE);
      else if (happens.way !== "direct") emitter.emit("ordinary", sent++, KILOBYTE);
    }
    if (happens.turn) await nextTurn();
  }
  peer.read();
  await until(() => socket.conn.bufferedAmount === 0, "the client to catch up");
  io.emit("ordinary", sent++, KILOBYTE);
  await until(() => peer.events().length >= sent, "everything to arrive");
  expect(peer.events()).toEqual(Array.from({ length: sent }, (_, n) => `42["ordinary",${n},"${KILOBYTE}"]`));
}
