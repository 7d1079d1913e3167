import { expect, suite } from "../suite.ts";
import type { World } from "../world.ts";

/**
 * The official client and its connection on the server, with a poll pending or a WebSocket drained.
 */
async function listening(world: World) {
  const session = await world.client();
  await session.server.untilWritable();
  return session;
}

const large = "x".repeat(5_000_000);

/** More than sockets buffer, in pieces of different sizes. */
const many = Array.from({ length: 40 }, (_, index) => `${index} ${"y".repeat((index % 5) * 100_000)}`);

/** Messages that were sent before the end (engine-protocol, "Closing"). */
export const lastMessages = suite("the last messages", (behaves, { path }) => {
  behaves("leave before the engine that is closed in the same turn", async (world) => {
    const { client, server } = await listening(world);
    server.socket.send("last");
    world.engine.close();
    expect(server.hasEnded).toBe(true);
    expect(await client.next()).toBe("last");
    expect((await server.ended).reason).toBe("forced close");
    await client.closed;
  });

  behaves("leave before the engine is closed, large ones too", async (world) => {
    const { client, server } = await listening(world);
    server.socket.send(large);
    world.engine.close();
    expect((await client.next()).length).toBe(large.length);
    await client.closed;
  });

  behaves("leave before the engine is closed, as many as there are, in their order", async (world) => {
    const { client, server } = await listening(world);
    for (const message of many) server.socket.send(message);
    world.engine.close();
    expect(await client.take(many.length)).toEqual(many);
    await client.closed;
  });

  behaves(
    "leave before a session that is closed at once, as far as its transport takes them",
    async (world) => {
      const { client, server } = await listening(world);
      server.socket.send("last");
      server.socket.close(true);
      expect(server.hasEnded).toBe(true);
      expect(await client.next()).toBe("last");
    },
  );

  if (path === "polling") {
    behaves(
      "that wait for a poll when the engine is closed leave with the next one, which is the last",
      async (world) => {
        const { client, server } = await world.polling();
        server.socket.send("a");
        server.socket.send("b");
        world.engine.close();
        expect(client.read(await client.request())).toEqual(["4a", "4b"]);
        expect((await server.ended).reason).toBe("forced close");
        expect(await client.poll()).toBe('400 {"code":1,"message":"Session ID unknown"}');
      },
    );

    behaves(
      "that wait for a poll leave on the WebSocket of a client that is just upgrading",
      async (world) => {
        const { client, server } = await world.polling();
        const candidate = await world.candidate(`&sid=${client.sid}`);
        await candidate.send("2probe");
        expect(await candidate.next()).toBe("3probe");
        server.socket.send("a");
        world.engine.close();
        await candidate.send("5");
        expect(await candidate.next()).toBe("4a");
        expect((await server.ended).reason).toBe("forced close");
        await candidate.closed;
      },
    );

    behaves("are not waited for where there are none", async (world) => {
      const { client, server } = await world.polling();
      world.engine.close();
      expect(server.hasEnded).toBe(true);
      expect(await client.poll()).toBe('400 {"code":1,"message":"Session ID unknown"}');
    });

    behaves(
      "that nobody comes for end with the ping timeout, and their session with them",
      { pingInterval: 300, pingTimeout: 200 },
      async (world) => {
        const { server } = await world.polling();
        server.socket.send("a");
        server.socket.close();
        expect(server.socket.readyState).toBe("closing");
        expect((await server.ended).reason).toBe("ping timeout");
      },
    );
  }
});
