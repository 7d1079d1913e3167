import { Inbox } from "../inbox.ts";
import { expect, suite } from "../suite.ts";
import { until } from "../waiting.ts";
import { connectedId } from "../world.ts";

/** Volatile events (socketio-protocol, "Volatile events"). */
export const volatile = suite("volatile events", (behaves) => {
  behaves("a volatile event reaches a client that is ready for it", async (world) => {
    const { client, socket } = await world.pair();
    const inbox = new Inbox(client);
    await until(() => socket.conn.transport.writable, "the transport to be writable");
    socket.volatile.emit("now", 1);
    expect(await inbox.next()).toEqual(["now", 1]);
  });

  behaves("a volatile broadcast reaches a client that is ready for it", async (world) => {
    const { client, socket } = await world.pair();
    const inbox = new Inbox(client);
    await until(() => socket.conn.transport.writable, "the transport to be writable");
    world.io.volatile.emit("now", 1);
    expect(await inbox.next()).toEqual(["now", 1]);
  });

  behaves("volatile holds for one event only", async (world) => {
    const { client, socket } = await world.pair();
    const inbox = new Inbox(client);
    await until(() => socket.conn.transport.writable, "the transport to be writable");
    socket.volatile.emit("perhaps");
    socket.emit("surely");
    socket.emit("end");
    expect((await inbox.namesBefore("end")).at(-1)).toBe("surely");
  });

  behaves(
    "a client that is not polling misses volatile events, with all their attachments",
    async (world) => {
      const wire = await world.wire("", "polling");
      await wire.send("40");
      const socket = world.socket(connectedId(await wire.next()));
      socket.volatile.emit("missed");
      socket.volatile.emit("missed", Buffer.from([1]));
      world.io.volatile.emit("missed", Buffer.from([1]));
      socket.emit("end");
      expect(await wire.next()).toBe('42["end"]');
    },
  );

  behaves("a volatile event with attachments arrives whole at a client that is ready", async (world) => {
    const { client, socket } = await world.pair();
    const inbox = new Inbox(client);
    await until(() => socket.conn.transport.writable, "the transport to be writable");
    socket.volatile.emit("bytes", Buffer.from([1]), Buffer.from([2]));
    expect(await inbox.next()).toEqual(["bytes", Buffer.from([1]), Buffer.from([2])]);
  });

  behaves("volatile events of one turn all reach a client that is ready for them", async (world) => {
    const { client, socket } = await world.pair();
    const inbox = new Inbox(client);
    await until(() => socket.conn.transport.writable, "the transport to be writable");
    for (let i = 0; i < 10; i += 1) socket.volatile.emit("n", i);
    for (let i = 10; i < 15; i += 1) world.io.volatile.emit("n", i, Buffer.from([i]));
    socket.emit("end");
    expect((await inbox.before("end")).map(([, i]) => i)).toEqual(Array.from({ length: 15 }, (_, i) => i));
  });

  behaves(
    "a volatile event behind others of its turn reaches a client that is ready for it",
    async (world) => {
      const { client, socket } = await world.pair();
      const inbox = new Inbox(client);
      await until(() => socket.conn.transport.writable, "the transport to be writable");
      socket.emit("first");
      world.io.emit("second");
      socket.volatile.emit("third");
      world.io.volatile.emit("fourth");
      socket.emit("end");
      expect(await inbox.namesBefore("end")).toEqual(["first", "second", "third", "fourth"]);
    },
  );

  behaves("a volatile question nobody gets is answered by its timeout", async (world) => {
    const wire = await world.wire("", "polling");
    await wire.send("40");
    const socket = world.socket(connectedId(await wire.next()));
    await expect(socket.volatile.timeout(20).emitWithAck("missed")).rejects.toThrow(
      "operation has timed out",
    );
  });
});
