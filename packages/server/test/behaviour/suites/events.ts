import { Inbox } from "../inbox.ts";
import { expect, suite } from "../suite.ts";
import { once } from "../waiting.ts";

const json = [1, "two", true, null, { three: [3, { four: 4 }] }, [], {}, "é€😀\u2028", ""];

/** Events (server-api, "Socket") (socketio-protocol, "Events and acknowledgements"). */
export const events = suite("events", (behaves, transport) => {
  behaves("an event reaches the server with its arguments", async (world) => {
    const { client, socket } = await world.pair();
    const received = once(socket, "news");
    client.emit("news", ...json);
    expect(await received).toEqual(json);
  });

  behaves("an event reaches the client with its arguments", async (world) => {
    const { client, socket } = await world.pair();
    const received = once(client, "news");
    expect(socket.emit("news", ...json)).toBe(true);
    expect(await received).toEqual(json);
  });

  behaves("an event without arguments has none", async (world) => {
    const { client, socket } = await world.pair();
    const [received, answered] = [once(socket, "bare"), once(client, "bare back")];
    client.emit("bare");
    expect(await received).toEqual([]);
    socket.emit("bare back");
    expect(await answered).toEqual([]);
  });

  behaves("send and write are the event message", async (world) => {
    const { client, socket } = await world.pair();
    const inbox = new Inbox(client);
    expect(socket.send("a", 1)).toBe(socket);
    expect(socket.write("b")).toBe(socket);
    expect([await inbox.next(), await inbox.next()]).toEqual([
      ["message", "a", 1],
      ["message", "b"],
    ]);
    const received = once(socket, "message");
    client.send("back");
    expect(await received).toEqual(["back"]);
  });

  behaves("a thousand events keep their order from client to server", async (world) => {
    const { client, socket } = await world.pair();
    const inbox = new Inbox(socket);
    for (let i = 0; i < 1_000; i += 1) client.emit("n", i);
    client.emit("end");
    const numbers = (await inbox.before("end")).map(([, n]) => n);
    expect(numbers).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
  });

  behaves("a thousand events keep their order from server to client", async (world) => {
    const { client, socket } = await world.pair();
    const inbox = new Inbox(client);
    for (let i = 0; i < 1_000; i += 1) socket.emit("n", i);
    socket.emit("end");
    const numbers = (await inbox.before("end")).map(([, n]) => n);
    expect(numbers).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
  });

  behaves(
    "events sent in many turns while the client connects and upgrades keep their order",
    async (world) => {
      // Over polling alone each may be a request of its own.
      const turns = transport === "polling" ? 100 : 500;
      world.io.on("connection", (socket) => {
        let sent = 0;
        const send = (): void => {
          socket.emit("n", sent);
          sent += 1;
          if (sent < turns) setImmediate(send);
          else socket.emit("end");
        };
        send();
      });
      const inbox = new Inbox(world.client());
      const numbers = (await inbox.before("end")).map(([, n]) => n);
      expect(numbers).toEqual(Array.from({ length: turns }, (_, i) => i));
    },
  );

  behaves("text and binary events keep their order among each other", async (world) => {
    const { client, socket } = await world.pair();
    const inbox = new Inbox(client);
    for (let i = 0; i < 100; i += 1) socket.emit("n", i % 3 === 0 ? Buffer.from([i]) : i);
    socket.emit("end");
    const numbers = (await inbox.before("end")).map(([, n]) => (Buffer.isBuffer(n) ? n[0] : n));
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  behaves("an event name may be any string that is not reserved, and a number", async (world) => {
    const { wire, socket } = await world.joinedWire();
    for (const name of ["error", "connection", "message", "new_namespace", "", "é", "__proto__"]) {
      socket.emit(name);
      expect(await wire.next()).toBe(`42${JSON.stringify([name])}`);
    }
    const received = once(socket, "7");
    await wire.send('42[7,"seven"]');
    expect(await received).toEqual(["seven"]);
  });

  const reserved = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
  ];
  for (const name of reserved) {
    behaves(`emitting the reserved name ${name} throws`, async (world) => {
      const { socket } = await world.pair();
      const message = `"${name}" is a reserved event name`;
      expect(() => socket.emit(name)).toThrow(message);
      expect(() => world.io.emit(name)).toThrow(message);
      expect(() => world.io.to("room").emit(name)).toThrow(message);
      expect(() => socket.broadcast.emit(name)).toThrow(message);
    });
  }

  behaves("what JSON cannot say is refused by emit, and the connection goes on", async (world) => {
    const { client, socket } = await world.pair();
    const inbox = new Inbox(client);
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    expect(() => socket.emit("circular", circular)).toThrow();
    expect(() => socket.emit("big", 1n)).toThrow();
    expect(() => world.io.emit("big", 1n)).toThrow();
    socket.emit("end");
    expect(await inbox.before("end")).toEqual([]);
  });

  behaves("values become what JSON makes of them", async (world) => {
    const { client, socket } = await world.pair();
    const received = once(client, "values");
    socket.emit("values", new Date(0), undefined, Number.NaN, new Map([[1, 2]]), { toJSON: () => "custom" });
    expect(await received).toEqual(["1970-01-01T00:00:00.000Z", null, null, {}, "custom"]);
  });

  behaves("an object that looks like a placeholder is ordinary data without attachments", async (world) => {
    const { client, socket } = await world.pair();
    const lookalike = { _placeholder: true, num: 0 };
    const received = once(socket, "data");
    client.emit("data", lookalike);
    expect(await received).toEqual([lookalike]);
  });

  behaves("emit leaves the caller's arguments as they were", async (world) => {
    const { client, socket } = await world.pair();
    const payload = { list: [Buffer.from([1]), { deep: Buffer.from([2]) }], text: "t" };
    const received = once(client, "data");
    socket.emit("data", payload);
    await received;
    expect(payload).toEqual({ list: [Buffer.from([1]), { deep: Buffer.from([2]) }], text: "t" });
  });

  behaves("listeners run in the order they were added, once listeners once", async (world) => {
    const { client, socket } = await world.pair();
    const calls: string[] = [];
    socket.on("x", () => calls.push("first"));
    socket.once("x", () => calls.push("once"));
    socket.prependListener("x", () => calls.push("before all"));
    client.emit("x");
    client.emit("x");
    const end = once(socket, "end");
    client.emit("end");
    await end;
    expect(calls).toEqual(["before all", "first", "once", "before all", "first"]);
    expect(socket.listenerCount("x")).toBe(2);
  });

  behaves("a listener that was removed hears nothing", async (world) => {
    const { client, socket } = await world.pair();
    const listener = (): void => expect.unreachable("a removed listener is called");
    socket.on("x", listener);
    socket.off("x", listener);
    const end = once(socket, "end");
    client.emit("x");
    client.emit("end");
    await end;
  });

  behaves(
    "an event named error sent by a client reaches error listeners and harms nothing",
    async (world) => {
      const { wire, socket } = await world.joinedWire();
      const unharmed = once(socket, "heard");
      await wire.send('42["error","unheard"]', '42["heard"]');
      await unharmed;
      const heard = once(socket, "error");
      await wire.send('42["error","x"]');
      expect(await heard).toEqual(["x"]);
    },
  );
});
