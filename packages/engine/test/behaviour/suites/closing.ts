import { expect, suite } from "../suite.ts";
import { once } from "../waiting.ts";

/** Every end has its reason, once (engine-protocol, "Closing"). */
export const closing = suite("closing", (behaves, { path }) => {
  behaves("by the client", async (world) => {
    const { client, server } = await world.client();
    client.close();
    expect(await server.ended).toEqual({ reason: "transport close", message: undefined });
    expect(server.socket.readyState).toBe("closed");
  });

  behaves("by the server, after what was sent", async (world) => {
    const { client, server } = await world.client();
    for (let index = 0; index < 20; index += 1) server.socket.send(`m${index}`);
    server.socket.close();
    expect(await client.take(20)).toEqual(Array.from({ length: 20 }, (_, index) => `m${index}`));
    expect(await client.closed).toBe("transport close");
    expect(await server.ended).toEqual({ reason: "forced close", message: undefined });
  });

  behaves("by the server, with nothing to say before", async (world) => {
    const { client, server } = await world.client();
    server.socket.close();
    expect(await client.closed).toBe("transport close");
    expect((await server.ended).reason).toBe("forced close");
  });

  behaves("by the server at once, in the same turn", async (world) => {
    const { server } = await world.client();
    server.socket.send("never mind");
    server.socket.close(true);
    expect(server.hasEnded).toBe(true);
    expect((await server.ended).reason).toBe("forced close");
  });

  behaves("is told once, and a second call does nothing", async (world) => {
    const { client, server } = await world.client();
    let told = 0;
    server.socket.on("close", () => {
      told += 1;
    });
    server.socket.close();
    server.socket.close();
    server.socket.close(true);
    await server.ended;
    await client.closed;
    server.socket.close();
    expect(told).toBe(1);
  });

  behaves("of the whole engine", async (world) => {
    const first = await world.client();
    const second = await world.client();
    world.engine.close();
    expect((await first.server.ended).reason).toBe("forced close");
    expect((await second.server.ended).reason).toBe("forced close");
    await Promise.all([first.client.closed, second.client.closed]);
    expect(world.engine.clientsCount).toBe(0);
  });

  behaves("an engine that was closed takes new sessions", async (world) => {
    const first = await world.client();
    world.engine.close();
    await first.server.ended;
    const { client, server } = await world.client();
    client.send("again");
    expect(await server.next()).toBe("again");
  });

  behaves("by a packet that can't be decoded", async (world) => {
    const { client, server } = await world.open();
    await client.send("9");
    expect((await server.ended).reason).toBe("parse error");
  });

  behaves("packets before one that can't be decoded are delivered, later ones are not", async (world) => {
    const { client, server } = await world.open();
    const received: unknown[] = [];
    server.socket.on("message", (data: unknown) => received.push(data));
    await client.send("4before");
    await client.send("x");
    await client.send("4after").catch(() => {});
    await server.ended;
    expect(received).toEqual(["before"]);
  });

  behaves("nothing that arrives afterwards is told", async (world) => {
    const { client, server } = await world.open();
    const received: unknown[] = [];
    server.socket.on("packet", (packet: unknown) => received.push(packet));
    server.socket.close(true);
    await client.send("4late").catch(() => {});
    expect(received).toEqual([]);
  });

  behaves("packets of the established session that mean nothing are ignored", async (world) => {
    const { client, server } = await world.open();
    for (const packet of ["0", "5", "6"]) await client.send(packet);
    await client.send("4hi");
    expect(await server.next()).toBe("hi");
  });

  if (path === "websocket") {
    behaves("by a WebSocket that vanishes", async (world) => {
      const { client, server } = await world.webSocket();
      client.vanish();
      expect(await server.ended).toEqual({ reason: "transport close", message: undefined });
    });

    behaves("by a WebSocket's close frame, whatever its code", async (world) => {
      for (const code of [1000, 1001, 4321]) {
        const { client, server } = await world.webSocket();
        client.webSocket.close(code, "reason");
        expect((await server.ended).reason).toBe("transport close");
      }
    });

    behaves("of a WebSocket carries a status", async (world) => {
      const { client, server } = await world.webSocket();
      server.socket.close();
      expect((await client.closed).code).toBe(1000);
    });

    behaves("by a close packet over WebSocket", async (world) => {
      const { client, server } = await world.webSocket();
      await client.send("1");
      expect((await server.ended).reason).toBe("transport close");
    });
  }

  if (path === "polling") {
    behaves("by a close packet, which releases the pending poll", async (world) => {
      const { client, server } = await world.polling();
      const poll = client.start().response;
      await server.untilWritable();
      const received: unknown[] = [];
      server.socket.on("message", (data: unknown) => received.push(data));
      await client.send("4before", "1", "4after");
      expect(client.read(await poll)).toEqual(["6"]);
      expect((await server.ended).reason).toBe("transport close");
      expect(received).toEqual(["before"]);
      expect(await client.poll()).toBe('400 {"code":1,"message":"Session ID unknown"}');
    });

    behaves("answers the pending poll with a close packet", async (world) => {
      const { client, server } = await world.polling();
      const poll = client.start().response;
      await server.untilWritable();
      server.socket.close();
      expect(server.hasEnded).toBe(true);
      expect(client.read(await poll)).toEqual(["1"]);
    });

    behaves("waits for the next poll where none is pending", async (world) => {
      const { client, server } = await world.polling();
      server.socket.close();
      expect(server.socket.readyState).toBe("closing");
      expect(client.read(await client.request())).toEqual(["6", "1"]);
      expect((await server.ended).reason).toBe("forced close");
    });

    behaves("delivers what is buffered in the next polls, then ends", async (world) => {
      const { client, server } = await world.polling();
      const closed = once(server.socket, "close");
      server.socket.send("a");
      server.socket.send("b");
      server.socket.close();
      const packets: unknown[] = [];
      while (packets.at(-1) !== "1") packets.push(...client.read(await client.request()));
      expect(packets.filter((packet) => packet !== "6")).toEqual(["4a", "4b", "1"]);
      expect((await closed)[0]).toBe("forced close");
    });

    behaves("by a poll that is aborted", async (world) => {
      const { client, server } = await world.polling();
      const poll = client.start();
      await server.untilWritable();
      poll.abort();
      expect(await server.ended).toEqual({
        reason: "transport error",
        message: "poll connection closed prematurely",
      });
    });
  }
});
