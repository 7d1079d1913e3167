import { expect, suite } from "../suite.ts";
import { once } from "../waiting.ts";

const quick = { pingInterval: 1000, pingTimeout: 300 };
/** Beats often, and gives a busy machine all the time it needs. */
const patient = { pingInterval: 30, pingTimeout: 8000 };

/** Only silent peers lose their sessions (engine-protocol, "Heartbeat" and "EIO=3"). */
export const heartbeat = suite("the heartbeat", (behaves, { revision, path }) => {
  const upgrades = path === "polling, then websocket";

  behaves(
    upgrades && revision === 3
      ? "a peer of revision 3 that falls silent after its upgrade is a ping timeout"
      : "a peer that falls silent is a ping timeout",
    quick,
    async (world) => {
      const { server } = await world.open();
      expect((await server.ended).reason).toBe("ping timeout");
      expect(world.engine.clientsCount).toBe(0);
    },
  );

  behaves("the official client lives through heartbeats", patient, async (world) => {
    const { client, server } = await world.client();
    for (let beats = 0; beats < 4; beats += 1) await once(server.socket, "heartbeat");
    client.send("alive");
    expect(await server.next()).toBe("alive");
    expect(server.hasEnded).toBe(false);
  });

  behaves("a heartbeat in the wrong direction is a transport error", async (world) => {
    const { client, server } = await world.open();
    await client.send(revision === 4 ? "2" : "3");
    expect(await server.ended).toEqual({ reason: "transport error", message: "invalid heartbeat direction" });
  });

  if (revision === 4) {
    behaves("a ping comes again after each pong", patient, async (world) => {
      const { client, server } = await world.open();
      for (let beats = 0; beats < 3; beats += 1) {
        expect(await client.next()).toBe("2");
        const heard = once(server.socket, "heartbeat");
        await client.send("3");
        await heard;
      }
    });

    behaves(
      "a client that hears nothing, and gives up when the server does, is a ping timeout on both ends",
      { pingInterval: 1000, pingTimeout: 6000 },
      async (world) => {
        const { client, server } = await world.client();
        client.ignoreAll();
        expect(await client.closed).toBe("ping timeout");
        expect((await server.ended).reason).toBe("ping timeout");
      },
    );

    behaves("a pong that nobody asked for is a sign of life", async (world) => {
      const { client, server } = await world.open();
      const heard = once(server.socket, "heartbeat");
      await client.send("3");
      await heard;
      await client.send("4still here");
      expect(await server.next()).toBe("still here");
    });

    behaves("a peer that talks and never answers a ping is a ping timeout", quick, async (world) => {
      const { client, server } = await world.open();
      const chat = async (): Promise<void> => {
        while (!server.hasEnded) {
          await client.send("4chat");
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      };
      // The message that comes after the end is refused.
      chat().catch(() => {});
      expect((await server.ended).reason).toBe("ping timeout");
    });
  } else {
    behaves(
      "each ping is answered, and the server never pings",
      { ...patient, pingInterval: 1 },
      async (world) => {
        const { client, server } = await world.open();
        for (let beats = 0; beats < 10; beats += 1) {
          const heard = once(server.socket, "heartbeat");
          await client.send("2");
          expect(await client.next()).toBe("3");
          await heard;
        }
      },
    );

    behaves("the content of a ping is not echoed", async (world) => {
      const { client } = await world.open();
      await client.send("2xyz");
      expect(await client.next()).toBe("3");
    });
  }

  if (path === "polling") {
    behaves(
      "a session that is closed while no poll is pending, and that no poll comes for, is a ping timeout",
      quick,
      async (world) => {
        const { server } = await world.polling();
        server.socket.close();
        expect(server.socket.readyState).toBe("closing");
        expect((await server.ended).reason).toBe("ping timeout");
        expect(world.engine.clientsCount).toBe(0);
      },
    );

    behaves("a peer that falls silent with a pending poll is a ping timeout", quick, async (world) => {
      const { client, server } = await world.polling();
      const poll = client.start().response;
      expect((await server.ended).reason).toBe("ping timeout");
      expect(client.read(await poll)).toEqual([revision === 4 ? "2" : "1"]);
    });

    behaves("a peer that falls silent while it is upgrading is a ping timeout", quick, async (world) => {
      const { client, server } = await world.polling();
      const candidate = await world.candidate(`&sid=${client.sid}`);
      await candidate.send("2probe");
      expect(await candidate.next()).toBe("3probe");
      expect((await server.ended).reason).toBe("ping timeout");
      await candidate.closed;
    });

    behaves("a peer that never probes its candidate is a ping timeout", quick, async (world) => {
      const { client, server } = await world.polling();
      const candidate = await world.candidate(`&sid=${client.sid}`);
      expect((await server.ended).reason).toBe("ping timeout");
      await candidate.closed;
    });
  }

  if (revision === 4 && path === "polling") {
    behaves(
      "a peer that upgrades before it has answered a ping, and falls silent, is a ping timeout",
      { pingInterval: 200, pingTimeout: 3000 },
      async (world) => {
        const { client, server } = await world.polling();
        const candidate = await world.candidate(`&sid=${client.sid}`);
        const upgraded = once(server.socket, "upgrade");
        expect(await client.next()).toBe("2");
        // At once: a machine that is busy for longer than the ping may wait is no silent peer.
        await candidate.send("2probe", "5");
        await upgraded;
        expect((await server.ended).reason).toBe("ping timeout");
      },
    );
  }
});
