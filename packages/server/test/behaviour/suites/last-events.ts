import type { Socket } from "socket.io";
import { expect, suite } from "../suite.ts";
import { called, once, until } from "../waiting.ts";
import type { World } from "../world.ts";

/** A listening client and its socket: a poll is pending, or its WebSocket has drained. */
async function listening(world: World) {
  const pair = await world.pair();
  await untilWritable(pair.socket);
  return pair;
}

function untilWritable(socket: Socket): Promise<void> {
  return until(() => socket.conn.transport.writable, "a writable transport");
}

/** Names of all events that a client receives until it is disconnected. */
function heard(client: { onAny(listener: (event: string) => void): unknown }): string[] {
  const events: string[] = [];
  client.onAny((event) => events.push(event));
  return events;
}

const many = Array.from({ length: 20 }, (_, index) => `event ${index}`);

/** Arrival of what was sent before `Server.close` (server-api, "Closing"). */
export const lastEvents = suite("the last events", (behaves, transport) => {
  behaves(
    "what is emitted to everybody arrives before the server is closed in the same turn",
    async (world) => {
      const pairs = [await listening(world), await listening(world)];
      const said = pairs.map(({ client }) => once(client, "bye"));
      world.io.emit("bye", "all");
      const closed = world.io.close();
      expect(await Promise.all(said)).toEqual([["all"], ["all"]]);
      await closed;
    },
  );

  behaves("an answer that is given before the server is closed arrives", async (world) => {
    const { client, socket } = await world.pair();
    socket.on("question", async (answer: (value: string) => void) => {
      await untilWritable(socket);
      answer("yes");
      void world.io.close();
    });
    expect(await client.emitWithAck("question")).toBe("yes");
  });

  behaves(
    "what listeners of disconnecting tell the others arrives at those whose turn has yet to come",
    async (world) => {
      const [first, second] = [await listening(world), await listening(world)];
      const events = heard(first.client);
      first.socket.on("disconnecting", (reason) => first.socket.broadcast.emit("left", reason));
      const told = once(second.client, "left");
      const gone = once(first.client, "disconnect");
      const closed = world.io.close();
      expect(await told).toEqual(["server shutting down"]);
      await Promise.all([gone, closed]);
      expect(events).toEqual([]);
    },
  );

  behaves("what is emitted arrives although an adapter takes its time to close", async (world) => {
    const { client } = await listening(world);
    const { adapter } = world.io.of("/");
    const arrived = called<[string]>("the event");
    client.on("bye", arrived.fn);
    adapter.close = async () => {
      expect(await arrived.args).toEqual(["soon"]);
    };
    world.io.emit("bye", "soon");
    await world.io.close();
  });

  behaves(
    "what is emitted arrives although every HTTP connection is cut in the turn of close",
    async (world) => {
      const { client } = await listening(world);
      const said = once(client, "bye");
      world.io.emit("bye", "in time");
      const closed = world.io.close();
      world.httpServer.closeAllConnections();
      expect(await said).toEqual(["in time"]);
      await closed;
    },
  );

  behaves("what is emitted arrives before the HTTP server is closed in the same turn", async (world) => {
    const { client } = await listening(world);
    const said = once(client, "bye");
    world.io.emit("bye", "in time");
    world.httpServer.close();
    expect(await said).toEqual(["in time"]);
  });

  behaves("what is emitted arrives before the engine is closed in the same turn", async (world) => {
    const { client, socket } = await listening(world);
    const said = once(client, "bye");
    const reasons: unknown[] = [];
    socket.on("disconnect", (reason) => reasons.push(reason));
    socket.emit("bye", "engine");
    world.io.engine.close();
    expect(reasons).toEqual(["forced close"]);
    expect(await said).toEqual(["engine"]);
  });

  behaves("what is emitted arrives before the client is disconnected with its connection", async (world) => {
    const { client, socket } = await listening(world);
    const [said, gone] = [once(client, "bye"), once(client, "disconnect")];
    socket.emit("bye", "you");
    socket.disconnect(true);
    expect(await said).toEqual(["you"]);
    expect((await gone)[0]).toBe("io server disconnect");
  });

  behaves("what is emitted arrives before its connection is closed", async (world) => {
    const { client, socket } = await listening(world);
    const [said, gone] = [once(client, "bye"), once(client, "disconnect")];
    socket.emit("bye", "you");
    socket.conn.close();
    expect(await said).toEqual(["you"]);
    expect((await gone)[0]).toBe("transport close");
  });

  behaves(
    "a volatile event to a client that is listening arrives before the server is closed",
    async (world) => {
      const { client, socket } = await listening(world);
      const said = once(client, "bye");
      socket.volatile.emit("bye", "maybe");
      const closed = world.io.close();
      expect(await said).toEqual(["maybe"]);
      await closed;
    },
  );

  behaves("all that is emitted arrives before the server is closed, in its order", async (world) => {
    const { client } = await listening(world);
    const events = heard(client);
    for (const event of many) world.io.emit(event);
    const closed = world.io.close();
    await once(client, many.at(-1) ?? "");
    expect(events).toEqual(many);
    await closed;
  });

  behaves("large events with attachments arrive whole before the server is closed", async (world) => {
    const { client, socket } = await listening(world);
    const sizes: number[] = [];
    client.on("blob", (first: Uint8Array, second: Uint8Array) => sizes.push(first.length + second.length));
    const last = once(client, "last");
    for (let index = 0; index < 4; index++)
      socket.emit("blob", Buffer.alloc(1_000_000), Buffer.alloc(500_000));
    socket.emit("last");
    const closed = world.io.close();
    await last;
    expect(sizes).toEqual([1_500_000, 1_500_000, 1_500_000, 1_500_000]);
    await closed;
  });

  behaves("what is emitted arrives once where the server is closed twice", async (world) => {
    const { client } = await listening(world);
    const events = heard(client);
    const gone = once(client, "disconnect");
    world.io.emit("bye");
    await Promise.all([world.io.close(), world.io.close(), gone]);
    expect(events).toEqual(["bye"]);
  });

  behaves(
    "a client whose middleware still decides is cut off, and does not hold the server up",
    async (world) => {
      const deciding = called<[Socket, () => void]>("the middleware");
      world.io.use(deciding.fn);
      world.io.on("connection", () => expect.unreachable("the server is closed"));
      const client = world.client();
      const gone = once(client.io, "close");
      const [, next] = await deciding.args;
      await world.io.close();
      next();
      await gone;
      expect(client.connected).toBe(false);
    },
  );

  if (transport === "polling") {
    behaves(
      "what waits for the next poll of a client arrives with it before the server is closed",
      async (world) => {
        const { wire } = await world.joinedWire();
        world.io.emit("bye", "a");
        world.io.emit("bye", "b");
        const closed = world.io.close();
        expect([await wire.next(), await wire.next()]).toEqual(['42["bye","a"]', '42["bye","b"]']);
        await closed;
      },
    );
  }
});
