import { connect } from "node:net";
import type { Options } from "../implementation.ts";
import { expect, suite } from "../suite.ts";
import { inTime, once } from "../waiting.ts";
import { PollingWire } from "../wire/polling-wire.ts";
import { WebSocketWire } from "../wire/websocket-wire.ts";
import { connectedId, type World } from "../world.ts";

type Ack = (...args: unknown[]) => void;

async function polling(world: World) {
  const wire = world.keep(await PollingWire.start(world.origin));
  await wire.send("40");
  return { wire, socket: world.socket(connectedId(await wire.next())) };
}

async function webSocket(world: World) {
  const wire = world.keep(await WebSocketWire.start(world.origin));
  await wire.send("40");
  return { wire, socket: world.socket(connectedId(await wire.next())) };
}

const BROKEN_FRAME = "\xff".repeat(6);

/** The reason for which the next session ends. */
function nextSessionClosed(world: World): Promise<unknown> {
  return new Promise((resolve) => {
    world.io.engine.once("connection", (session: { once(e: string, l: (reason: unknown) => void): void }) =>
      session.once("close", resolve),
    );
  });
}

/**
 * Returns all output of the server for `text` on a new connection, until the server ends it. `next`
 * is sent after the first output.
 */
function raw(world: World, text: string, next?: string): Promise<string> {
  const { port, hostname } = new URL(world.origin);
  const reply = new Promise<string>((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(text, "latin1"));
    let said = "";
    if (next !== undefined) socket.once("data", () => socket.write(next, "latin1"));
    socket.on("data", (chunk) => {
      said += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(said));
  });
  return inTime(reply, "the server to end the connection");
}

const upgradeOf = (query: string): string =>
  [
    `GET /socket.io/${query} HTTP/1.1`,
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "\r\n",
  ].join("\r\n");

async function alive(world: World): Promise<void> {
  const { client, socket } = await world.pair();
  socket.on("ask", (ack: Ack) => ack("here"));
  expect(await client.emitWithAck("ask")).toBe("here");
}

const small = { maxHttpBufferSize: 100 };

/** Requests that break a rule (engine-protocol, "HTTP long-polling", "Upgrade" and "Errors"). */
export const badRequests = suite("bad requests", (behaves) => {
  behaves("a body of exactly the limit is read, one byte more is 413", small, async (world) => {
    const { wire, socket } = await polling(world);
    const heard = once(socket, "x");
    const frame = '42["x",""]';
    const { status } = await wire.push(`42["x","${"a".repeat(100 - frame.length)}"]`);
    expect(status).toBe(200);
    await heard;
    const refused = await wire.push(`42["x","${"a".repeat(101 - frame.length)}"]`);
    expect([refused.status, refused.body]).toEqual([413, ""]);
  });

  behaves("the limit counts bytes, not characters", small, async (world) => {
    const { wire } = await polling(world);
    expect((await wire.push(`42["x","${"€".repeat(40)}"]`)).status).toBe(413);
  });

  behaves(
    "a WebSocket message of exactly the limit is read, one byte more ends that connection only",
    small,
    async (world) => {
      const { wire, socket } = await webSocket(world);
      const heard = once(socket, "x");
      await wire.send(`42["x","${"a".repeat(90)}"]`);
      await heard;
      const gone = once(socket, "disconnect");
      await wire.send(`42["x","${"a".repeat(91)}"]`);
      expect((await gone)[0]).toBe("transport error");
      await wire.closeCode;
      await alive(world);
    },
  );

  behaves("a WebSocket message above the limit closes with 1009", small, async (world) => {
    const { wire } = await webSocket(world);
    await wire.send(`42["x","${"a".repeat(91)}"]`);
    expect(await wire.closeCode).toBe(1009);
  });

  behaves("a body that is no payload is a parse error", async (world) => {
    for (const body of ["", "x", "\u{1f600}", '42["a"]\x1e\x1e42["b"]']) {
      const { wire, socket } = await polling(world);
      const gone = once(socket, "disconnect");
      expect((await wire.push(body)).status).toBe(200);
      expect((await gone)[0]).toBe("parse error");
    }
    await alive(world);
  });

  behaves("bytes posted as bytes are refused and end the session", async (world) => {
    const { wire, socket } = await polling(world);
    const gone = once(socket, "disconnect");
    const headers = { "content-type": "application/octet-stream" };
    const query = `?EIO=4&transport=polling&sid=${wire.sid}`;
    const { status, body } = await world.http(query, { method: "POST", headers, body: Buffer.from([1, 2]) });
    expect([status, body]).toEqual([400, ""]);
    expect((await gone)[0]).toBe("transport error");
    await alive(world);
  });

  behaves("a method that is neither GET nor POST is refused and ends nothing", async (world) => {
    const { wire, socket } = await polling(world);
    const query = `?EIO=4&transport=polling&sid=${wire.sid}`;
    for (const method of ["PUT", "DELETE"]) expect((await world.http(query, { method })).status).toBe(500);
    const heard = once(socket, "x");
    await wire.send('42["x"]');
    await heard;
  });

  behaves("a poll the client gives up is a transport error", async (world) => {
    const { wire, socket } = await polling(world);
    const gone = once(socket, "disconnect");
    const asked = world.httpRequest();
    const polled = wire.poll().catch(() => {});
    await asked;
    wire.drop();
    await polled;
    expect((await gone)[0]).toBe("transport error");
    await alive(world);
  });

  for (const [name, query] of [
    ["an unknown session", "?EIO=4&transport=websocket&sid=unknown"],
    ["an unknown transport", "?EIO=4&transport=pigeon"],
    ["no transport", "?EIO=4"],
  ] as const) {
    behaves(`a WebSocket handshake with ${name} is answered 400 before any upgrade`, async (world) => {
      expect(await raw(world, upgradeOf(query))).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      await alive(world);
    });
  }

  for (const [name, query] of [
    ["an old revision", "?EIO=3&transport=websocket"],
    ["a transport that is not websocket", "?EIO=4&transport=polling"],
  ] as const) {
    behaves(`a WebSocket handshake with ${name} comes to nothing`, async (world) => {
      await WebSocketWire.attempt(world.origin, query).closeCode;
      expect(world.io.engine.clientsCount).toBe(0);
      await alive(world);
    });
  }

  behaves("a WebSocket handshake that is no upgrade is refused", async (world) => {
    const bad = upgradeOf("?EIO=4&transport=websocket").replace(
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Version: 1",
    );
    expect(await raw(world, bad)).toMatch(/^HTTP\/1\.1 4\d\d /);
    await alive(world);
  });

  behaves("a WebSocket frame that breaks the protocol ends that connection only", async (world) => {
    const gone = nextSessionClosed(world);
    await raw(world, upgradeOf("?EIO=4&transport=websocket"), BROKEN_FRAME);
    expect(await inTime(gone, "the session to close")).toMatch(/^transport (close|error)$/);
    await alive(world);
  });

  behaves("a WebSocket frame that breaks the protocol and comes with the request does too", async (world) => {
    const gone = nextSessionClosed(world);
    await raw(world, `${upgradeOf("?EIO=4&transport=websocket")}${BROKEN_FRAME}`);
    expect(await inTime(gone, "the session to close")).toMatch(/^transport (close|error)$/);
    await alive(world);
  });

  behaves("a probe that is no probe closes the candidate and spares the session", async (world) => {
    const { wire, socket } = await polling(world);
    const candidate = world.keep(await WebSocketWire.candidate(world.origin, wire.sid));
    await candidate.send("4hello");
    expect(await candidate.rest()).toEqual([]);
    const heard = once(socket, "x");
    await wire.send('42["x"]');
    await heard;
  });

  behaves("an upgrade of a session that has upgraded comes to nothing", async (world) => {
    const wire = world.keep(await WebSocketWire.upgrade(world.origin));
    await wire.send("40");
    const socket = world.socket(connectedId(await wire.next()));
    await WebSocketWire.attempt(world.origin, `?EIO=4&transport=websocket&sid=${wire.sid}`).closeCode;
    const heard = once(socket, "x");
    await wire.send('42["x"]');
    await heard;
  });

  behaves("an upgrade that breaks off leaves the session on polling", async (world) => {
    const { wire, socket } = await polling(world);
    const candidate = world.keep(await WebSocketWire.candidate(world.origin, wire.sid));
    await candidate.send("2probe");
    expect(await candidate.next()).toBe("3probe");
    candidate.drop();
    socket.emit("by poll");
    const packets = [await wire.next()];
    while (packets.at(-1) === "6") packets.push(await wire.next());
    expect(packets.at(-1)).toBe('42["by poll"]');
  });

  behaves("an upgrade that is never finished is closed", { upgradeTimeout: 500 }, async (world) => {
    const { wire, socket } = await polling(world);
    const candidate = world.keep(await WebSocketWire.candidate(world.origin, wire.sid));
    await candidate.send("2probe");
    expect(await candidate.rest()).toEqual(["3probe"]);
    expect(socket.connected).toBe(true);
  });

  const patient = { pingInterval: 300, pingTimeout: 2_000 };

  behaves(
    "a client that upgrades before it has answered a ping, and falls silent, is a ping timeout",
    patient,
    async (world) => {
      const { wire, socket } = await polling(world);
      const candidate = world.keep(await WebSocketWire.candidate(world.origin, wire.sid));
      const ended = once(socket, "disconnect");
      expect(await wire.next()).toBe("2");
      await candidate.send("2probe", "5");
      expect(await candidate.next()).toBe("3probe");
      expect((await ended)[0]).toBe("ping timeout");
    },
  );

  behaves("an upgrade is refused where upgrades are not allowed", { allowUpgrades: false }, async (world) => {
    const { wire, socket } = await polling(world);
    expect(wire.open).toContain('"upgrades":[]');
    const candidate = world.keep(
      WebSocketWire.attempt(world.origin, `?EIO=4&transport=websocket&sid=${wire.sid}`),
    );
    await candidate.closeCode;
    const heard = once(socket, "x");
    await wire.send('42["x"]');
    await heard;
  });

  const absent = { pingInterval: undefined } as unknown as Options;

  behaves("an option that is undefined means its default", absent, async (world) => {
    const { open } = world.keep(await PollingWire.start(world.origin));
    expect(open).toContain('"pingInterval":25000');
  });

  behaves("what is sent during an upgrade arrives once and in order", async (world) => {
    const { wire, socket } = await polling(world);
    const candidate = world.keep(await WebSocketWire.candidate(world.origin, wire.sid));
    const asked = world.httpRequest();
    const polled = wire.poll();
    await asked;
    await candidate.send("2probe");
    expect(await candidate.next()).toBe("3probe");
    for (let i = 0; i < 5; i += 1) socket.emit("n", i, Buffer.from([i]));
    const first = (await polled).body.split("\x1e").filter((packet) => packet !== "6");
    await candidate.send("5");
    socket.emit("end");
    const numbers = first.flatMap(numberIn);
    for (let packet = await candidate.next(); packet !== '42["end"]'; packet = await candidate.next()) {
      if (typeof packet === "string") numbers.push(...numberIn(packet));
    }
    expect(numbers).toEqual([0, 1, 2, 3, 4]);
  });
});

function numberIn(packet: string): number[] {
  const [, n] = /^451-\["n",(\d),/.exec(packet) ?? [];
  return n === undefined ? [] : [Number(n)];
}
