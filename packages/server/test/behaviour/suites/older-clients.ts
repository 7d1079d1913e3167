import { expect, suite } from "../suite.ts";
import { WebSocketWire } from "../wire/websocket-wire.ts";
import type { World } from "../world.ts";

const allowed = { allowEIO3: true };

async function olderClient(world: World): Promise<{ wire: WebSocketWire; sid: string }> {
  const wire = world.keep(WebSocketWire.attempt(world.origin, "?EIO=3&transport=websocket"));
  const { sid } = JSON.parse(String(await wire.next()).slice(1)) as { sid: string };
  return { wire, sid };
}

/** Clients of the second generation (socketio-protocol, "v4 clients over EIO=3"). */
export const olderClients = suite("clients of revision 3", (behaves) => {
  behaves(
    "they are in the main namespace without asking, under the connection's id",
    allowed,
    async (world) => {
      const { wire, sid } = await olderClient(world);
      expect(await wire.next()).toBe("40");
      expect(world.socket(sid).handshake.auth).toEqual({});
      expect(world.socket(sid).conn.protocol).toBe(3);
    },
  );

  behaves("a namespace may carry a query, which becomes auth", allowed, async (world) => {
    world.io.of("/foo").on("connection", (socket) => socket.emit("auth", socket.handshake.auth));
    const { wire, sid } = await olderClient(world);
    expect(await wire.next()).toBe("40");
    await wire.send("40/foo?a=1&b=2,");
    expect([await wire.next(), await wire.next()]).toEqual(["40/foo,", '42/foo,["auth",{"a":"1","b":"2"}]']);
    expect([...world.io.of("/foo").sockets.keys()]).toEqual([`/foo#${sid}`]);
  });

  behaves(
    "events, answers and binary have the same grammar, binary its type byte",
    allowed,
    async (world) => {
      const { wire, sid } = await olderClient(world);
      expect(await wire.next()).toBe("40");
      const socket = world.socket(sid);
      socket.on("ask", (data: unknown, ack: (data: unknown) => void) => ack(data));
      await wire.send('421["ask","text"]');
      expect(await wire.next()).toBe('431["text"]');
      await wire.send('451-2["ask",{"_placeholder":true,"num":0}]', Buffer.from([4, 1, 2, 3]));
      expect(await wire.next()).toBe('461-2[{"_placeholder":true,"num":0}]');
      expect(await wire.next()).toEqual(Buffer.from([4, 1, 2, 3]));
    },
  );

  behaves("one broadcast reaches clients of both revisions, each in its form", allowed, async (world) => {
    const { wire: older } = await olderClient(world);
    expect(await older.next()).toBe("40");
    const newer = world.keep(await WebSocketWire.start(world.origin));
    await newer.send("40");
    await newer.next();
    world.io.emit("bytes", Buffer.from([7]));
    const header = '451-["bytes",{"_placeholder":true,"num":0}]';
    expect([await older.next(), await older.next()]).toEqual([header, Buffer.from([4, 7])]);
    expect([await newer.next(), await newer.next()]).toEqual([header, Buffer.from([7])]);
  });

  behaves("a refusal is the message alone", allowed, async (world) => {
    world.io.of("/closed").use((_, next) => next(new Error("no")));
    const { wire } = await olderClient(world);
    expect(await wire.next()).toBe("40");
    await wire.send("40/closed");
    expect(await wire.next()).toBe('44/closed,"no"');
    await wire.send("40/nowhere");
    expect(await wire.next()).toBe('44/nowhere,{"message":"Invalid namespace"}');
  });

  behaves("they ping and the server answers", allowed, async (world) => {
    const { wire } = await olderClient(world);
    expect(await wire.next()).toBe("40");
    await wire.send("2");
    expect(await wire.next()).toBe("3");
  });

  behaves("over polling their payloads tell lengths", allowed, async (world) => {
    const { body } = await world.http("?EIO=3&transport=polling");
    const [, length, packet = ""] = /^(\d+):(0\{.*\})/.exec(body) ?? [];
    expect(Number(length)).toBe(packet.length);
    const { sid } = JSON.parse(packet.slice(1)) as { sid: string };
    const poll = await world.http(`?EIO=3&transport=polling&sid=${sid}`);
    expect(poll.body).toBe("2:40");
  });
});
