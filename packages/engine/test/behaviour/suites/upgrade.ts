import type { WebSocketAttempt } from "@skein/testkit";
import { expect, suite } from "../suite.ts";
import { called, inTime, once } from "../waiting.ts";
import type { PollingWire } from "../wire/polling-wire.ts";
import type { WebSocketWire } from "../wire/websocket-wire.ts";
import type { Session, World } from "../world.ts";

interface Upgrading extends Session<PollingWire> {
  readonly candidate: WebSocketWire;
}

/** A polling session and a second wire that was probed. */
async function probed(world: World): Promise<Upgrading> {
  const session = await world.polling();
  const candidate = await world.candidate(`&sid=${session.client.sid}`);
  await candidate.send("2probe");
  expect(await candidate.next()).toBe("3probe");
  return { ...session, candidate };
}

/** Engines refuse a candidate before the 101 or close it right after: it must not stay. */
async function isTurnedAway(attempt: WebSocketAttempt): Promise<void> {
  if (attempt.kind === "open") await inTime(attempt.webSocket.closed, "the WebSocket to be closed");
}

async function stillWorks({ client, server }: Session<PollingWire>): Promise<void> {
  await client.send("4by post");
  expect(await server.next()).toBe("by post");
  server.socket.send("by poll");
  expect(await client.next()).toBe("4by poll");
}

/** Conformance (engine-protocol, "Upgrade"). */
export const upgrade = suite("the upgrade", (behaves, { revision }) => {
  behaves("after it, messages take the WebSocket and requests are refused", async (world) => {
    const { client, server, polling } = await world.upgraded();
    expect(server.socket.transport.name).toBe("websocket");
    await client.send("4up");
    expect(await server.next()).toBe("up");
    server.socket.send("down");
    expect(await client.next()).toBe("4down");
    expect(await polling.poll()).toBe('400 {"code":3,"message":"Bad request"}');
    expect(await polling.push(polling.payload("4x"))).toBe('400 {"code":3,"message":"Bad request"}');
    await client.send("4unharmed");
    expect(await server.next()).toBe("unharmed");
    expect(world.engine.clientsCount).toBe(1);
  });

  behaves("the session tells how far it is", async (world) => {
    const { client, server } = await world.polling();
    const { socket } = server;
    const events: string[] = [];
    socket.on("upgrading", ({ name }: { name: string }) => events.push(`upgrading ${name}`));
    socket.on("upgrade", ({ name }: { name: string }) => events.push(`upgrade ${name}`));
    const candidate = await world.candidate(`&sid=${client.sid}`);
    await candidate.send("2probe");
    await candidate.next();
    expect([socket.upgrading, socket.upgraded, socket.transport.name]).toEqual([true, false, "polling"]);
    const upgraded = once(socket, "upgrade");
    await candidate.send("5");
    await upgraded;
    expect([socket.upgrading, socket.upgraded, socket.transport.name]).toEqual([false, true, "websocket"]);
    expect(events).toEqual(["upgrading websocket", "upgrade websocket"]);
  });

  behaves("a probe releases the pending poll with a noop", async (world) => {
    const { client, server } = await world.polling();
    const poll = client.start().response;
    await server.untilWritable();
    const candidate = await world.candidate(`&sid=${client.sid}`);
    await candidate.send("2probe");
    expect(client.read(await inTime(poll, "the poll"))).toEqual(["6"]);
  });

  behaves("what is sent between probe and commitment takes the poll, then waits", async (world) => {
    const session = await world.polling();
    const { client, server } = session;
    const poll = client.start().response;
    await server.untilWritable();
    const candidate = await world.candidate(`&sid=${client.sid}`);
    await candidate.send("2probe");
    expect(await candidate.next()).toBe("3probe");
    server.socket.send("x1");
    expect(client.read(await poll)[0]).toBe("4x1");
    server.socket.send("x2");
    server.socket.send(Buffer.of(1, 2));
    await candidate.send("5");
    expect([await candidate.next(), await candidate.next()]).toEqual(["4x2", Buffer.of(1, 2)]);
  });

  behaves("what the client sends on both wires arrives once and in order", async (world) => {
    const { client, server, candidate } = await probed(world);
    await client.send("4a", Buffer.of(1), "4b");
    await candidate.send("5", "4c", Buffer.of(2));
    expect(await server.take(5)).toEqual(["a", Buffer.of(1), "b", "c", Buffer.of(2)]);
  });

  behaves("the probe is not needed to commit", async (world) => {
    const { client, server } = await world.polling();
    const candidate = await world.candidate(`&sid=${client.sid}`);
    await candidate.send("5", "4hi");
    expect(await server.next()).toBe("hi");
    expect(server.socket.transport.name).toBe("websocket");
  });

  behaves("a repeated probe is answered again", async (world) => {
    const { candidate } = await probed(world);
    await candidate.send("2probe");
    expect(await candidate.next()).toBe("3probe");
  });

  behaves("a poll that is pending at the commitment is answered", async (world) => {
    const { client, server } = await world.polling();
    const poll = client.start().response;
    await server.untilWritable();
    const candidate = await world.candidate(`&sid=${client.sid}`);
    await candidate.send("5");
    expect(client.read(await inTime(poll, "the poll"))).toEqual(["1"]);
    await candidate.send("4hi");
    expect(await server.next()).toBe("hi");
  });

  for (const [what, packet] of [
    ["a message", "4hello"],
    ["a ping without the word probe", "2"],
    ["another probe", "2prob"],
    ["no packet at all", "nonsense"],
    ["nothing", ""],
    ["bytes", Buffer.of(9, 9)],
  ] as const) {
    behaves(`a candidate that says ${what} is closed, and the session goes on`, async (world) => {
      const session = await world.polling();
      const candidate = await world.candidate(`&sid=${session.client.sid}`);
      candidate.webSocket.send(packet);
      await candidate.closed;
      await stillWorks(session);
      expect(session.server.socket.upgrading).toBe(false);
    });
  }

  behaves("a candidate that vanishes leaves a session that may upgrade again", async (world) => {
    const session = await probed(world);
    session.candidate.vanish();
    await stillWorks(session);
    // The loss is not told to anybody, so the next attempt may come too early.
    for (;;) {
      const next = await world.attempt(world.target(`transport=websocket&sid=${session.client.sid}`));
      if (next.kind !== "open") continue;
      next.webSocket.send("2probe");
      const answer = await next.webSocket.messages.next().catch(() => undefined);
      if (answer === "3probe") break;
    }
  });

  behaves("a candidate that does not commit in time is closed", { upgradeTimeout: 100 }, async (world) => {
    const session = await probed(world);
    await session.candidate.closed;
    await stillWorks(session);
    const again = await world.candidate(`&sid=${session.client.sid}`);
    await again.send("5", "4hi");
    expect(await session.server.next()).toBe("hi");
  });

  behaves("a second candidate is turned away, and the first completes", async (world) => {
    const { client, server, candidate } = await probed(world);
    await isTurnedAway(await world.attempt(world.target(`transport=websocket&sid=${client.sid}`)));
    await candidate.send("5", "4hi");
    expect(await server.next()).toBe("hi");
  });

  behaves("a session that has upgraded takes no other candidate", async (world) => {
    const { client, server, opened } = await world.upgraded();
    await isTurnedAway(await world.attempt(world.target(`transport=websocket&sid=${opened.sid}`)));
    await client.send("4hi");
    expect(await server.next()).toBe("hi");
  });

  behaves("a session that began on a WebSocket takes no candidate", async (world) => {
    const { client, server, opened } = await world.webSocket();
    await isTurnedAway(await world.attempt(world.target(`transport=websocket&sid=${opened.sid}`)));
    await client.send("4hi");
    expect(await server.next()).toBe("hi");
  });

  behaves("who sent before the upgrade is told when it has left after it", async (world) => {
    const { server, candidate } = await probed(world);
    const told: string[] = [];
    const last = called<[]>("the last message to have left");
    server.socket.send("a", {}, () => told.push("a"));
    server.socket.send("b", {}, () => {
      told.push("b");
      last.fn();
    });
    await candidate.send("5");
    expect([await candidate.next(), await candidate.next()]).toEqual(["4a", "4b"]);
    await last.args;
    expect(told).toEqual(["a", "b"]);
  });

  behaves("the end of the session ends the candidate", async (world) => {
    const { client, server, candidate } = await probed(world);
    await client.send("1");
    expect((await server.ended).reason).toBe("transport close");
    await candidate.closed;
  });

  behaves("a session that is closing takes its last messages to the new wire", async (world) => {
    const { server, candidate } = await probed(world);
    server.socket.send("bye");
    server.socket.close();
    await candidate.send("5");
    expect(await candidate.next()).toBe("4bye");
    await candidate.closed;
    expect((await server.ended).reason).toBe("forced close");
  });

  behaves(
    "a client that stays on polling is offered none where upgrades are off",
    { allowUpgrades: false },
    async (world) => {
      const { opened, ...session } = await world.polling();
      expect(opened.upgrades).toEqual([]);
      await stillWorks(session);
    },
  );

  behaves("a client that tries all the same is turned away", { allowUpgrades: false }, async (world) => {
    const session = await world.polling();
    await isTurnedAway(await world.attempt(world.target(`transport=websocket&sid=${session.client.sid}`)));
    await stillWorks(session);
  });

  behaves("a candidate that is turned away gets no 101", async (world) => {
    const { opened } = await world.upgraded();
    const attempt = await world.attempt(world.target(`transport=websocket&sid=${opened.sid}`));
    expect(attempt.kind).toBe("refused");
  });

  behaves(
    "a candidate of the other revision is refused, and the session goes on",
    { allowEIO3: true },
    async (world) => {
      const session = await world.polling();
      const other = revision === 4 ? 3 : 4;
      const path = `/engine.io/?EIO=${other}&transport=websocket&sid=${session.client.sid}`;
      expect((await world.attempt(path)).kind).toBe("refused");
      expect((await world.refusal()).context).toMatchObject({ name: "PROTOCOL_MISMATCH" });
      await stillWorks(session);
    },
  );
});
