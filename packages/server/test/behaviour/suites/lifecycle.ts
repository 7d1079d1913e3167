import { Inbox } from "../inbox.ts";
import { expect, suite } from "../suite.ts";
import { once } from "../waiting.ts";
import { connectedId } from "../world.ts";

/** Events of a socket, and the exact reasons of a disconnection (server-api, "Socket": events). */
export const lifecycle = suite("the life of a socket", (behaves, transport) => {
  const overPolling = transport === "polling";

  behaves("a client that leaves is a client namespace disconnect", async (world) => {
    const { client, socket } = await world.pair();
    const gone = once(socket, "disconnect");
    client.disconnect();
    expect((await gone)[0]).toBe("client namespace disconnect");
  });

  behaves("leaving one namespace leaves the others alone", async (world) => {
    world.io.of("/other");
    const manager = world.manager();
    const [main, other] = [world.client("/", {}, manager), world.client("/other", {}, manager)];
    await Promise.all([once(main, "connect"), once(other, "connect")]);
    const socket = world.socket(other.id, "/other");
    const left = once(world.socket(main.id), "disconnect");
    main.disconnect();
    await left;
    const received = once(other, "still here");
    socket.emit("still here");
    await received;
  });

  behaves("a connection the client closes is a transport close", async (world) => {
    const { client, socket } = await world.pair();
    const gone = once(socket, "disconnect");
    client.io.engine.close();
    expect((await gone)[0]).toBe("transport close");
  });

  behaves("a connection that breaks is reported", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const gone = once(socket, "disconnect");
    if (overPolling) {
      const asked = world.httpRequest();
      const polled = wire.next().catch(() => {});
      await asked;
      wire.drop();
      await polled;
    } else wire.drop();
    expect((await gone)[0]).toBe(overPolling ? "transport error" : "transport close");
  });

  behaves("socket.disconnect() tells the client and leaves its connection open", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const reasons: unknown[] = [];
    socket.on("disconnect", (reason) => reasons.push(reason));
    expect(socket.disconnect()).toBe(socket);
    expect(reasons).toEqual(["server namespace disconnect"]);
    expect(await wire.next()).toBe("41");
    await wire.send("40");
    connectedId(await wire.next());
  });

  behaves("a client the server disconnects does not come back by itself", async (world) => {
    const { client, socket } = await world.pair("/", { reconnection: true, reconnectionDelay: 1 });
    const gone = once(client, "disconnect");
    socket.disconnect();
    expect((await gone)[0]).toBe("io server disconnect");
    expect(client.active).toBe(false);
  });

  behaves("socket.disconnect(true) leaves every namespace and closes the connection", async (world) => {
    world.io.of("/other");
    const { wire, socket } = await world.joinedWire();
    await wire.send("40/other");
    await wire.next();
    const [other] = [...world.io.of("/other").sockets.values()];
    const reasons: unknown[] = [];
    socket.on("disconnect", (reason) => reasons.push(reason));
    other?.on("disconnect", (reason) => reasons.push(reason));
    socket.disconnect(true);
    expect(reasons).toEqual(["server namespace disconnect", "server namespace disconnect"]);
    expect(await wire.rest()).toEqual(["41", "41/other,"]);
  });

  behaves("what was emitted before socket.disconnect(true) still arrives", async (world) => {
    const { wire, socket } = await world.joinedWire();
    for (let i = 0; i < 5; i += 1) socket.emit("n", i);
    socket.disconnect(true);
    expect(await wire.rest()).toEqual([0, 1, 2, 3, 4].map((i) => `42["n",${i}]`).concat("41"));
  });

  behaves("a connection the server closes is a forced close", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const gone = once(socket, "disconnect");
    socket.conn.close();
    await wire.rest();
    expect((await gone)[0]).toBe("forced close");
  });

  const soonGone = { pingInterval: 1_000, pingTimeout: 50 };

  behaves("a client that answers no ping is a ping timeout", soonGone, async (world) => {
    const { socket } = await world.joinedWire();
    expect((await once(socket, "disconnect"))[0]).toBe("ping timeout");
  });

  const oftenAsked = { pingInterval: 40, pingTimeout: 8_000 };

  behaves("a client answers its pings, and stays", oftenAsked, async (world) => {
    const { socket } = await world.pair();
    for (let i = 0; i < 3; i += 1) await once(socket.conn, "heartbeat");
    expect(socket.connected).toBe(true);
  });

  behaves("a ping from the client is a transport error", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const gone = once(socket, "disconnect");
    await wire.send("2");
    const [reason, description] = await gone;
    expect(reason).toBe("transport error");
    expect(description).toBeInstanceOf(Error);
  });

  behaves("an Engine.IO packet of no known type is a parse error", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const gone = once(socket, "disconnect");
    await wire.send("9");
    expect((await gone)[0]).toBe("parse error");
  });

  behaves("two polls at once are a transport error", async (world) => {
    const wire = await world.wire("", "polling");
    await wire.send("40");
    const socket = world.socket(connectedId(await wire.next()));
    const gone = once(socket, "disconnect");
    const query = `?EIO=4&transport=polling&sid=${wire.sid}`;
    const answers = await Promise.all([world.http(query), world.http(query)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400]));
    expect((await gone)[0]).toBe("transport error");
  });

  behaves("what an application puts on a socket is its own, and disturbs nothing", async (world) => {
    const own = Object.fromEntries(
      [
        "user",
        "name",
        "room",
        "token",
        "state",
        "status",
        "closed",
        "open",
        "namespace",
        "watched",
        "receive",
      ]
        .concat(["enter", "discard", "note", "ask", "raise", "hears", "others", "violated", "end"])
        .map((name) => [name, `own ${name}`]),
    );
    const { wire, socket } = await world.joinedWire();
    Object.assign(socket, own);
    socket.on("ask", (answer: (name: unknown) => void) => answer(Reflect.get(socket, "name")));
    await wire.send('421["ask"]');
    expect(await wire.next()).toBe('431["own name"]');
    world.io.emit("news");
    expect(await wire.next()).toBe('42["news"]');
    const gone = once(socket, "disconnect");
    if (world.transport === "polling") await wire.send("1");
    else wire.drop();
    await gone;
    expect(socket).toMatchObject(own);
    expect(world.io.sockets.sockets.size).toBe(0);
  });

  behaves("disconnecting sees the rooms, disconnect does not", async (world) => {
    const { client, socket } = await world.pair();
    await socket.join("x");
    const seen: unknown[] = [];
    const look = (event: string) => (): void => {
      seen.push([event, [...socket.rooms], socket.connected, world.io.sockets.sockets.has(socket.id)]);
    };
    socket.on("disconnecting", look("disconnecting"));
    socket.on("disconnect", look("disconnect"));
    const gone = once(socket, "disconnect");
    client.disconnect();
    await gone;
    expect(seen).toEqual([
      ["disconnecting", [socket.id, "x"], true, true],
      ["disconnect", [], false, false],
    ]);
    expect(socket.disconnected).toBe(true);
  });

  behaves("both events give the reason, and each comes once", async (world) => {
    const { client, socket } = await world.pair();
    const heard: unknown[] = [];
    for (const event of ["disconnecting", "disconnect"]) {
      socket.on(event, (reason: unknown) => heard.push([event, reason]));
    }
    socket.disconnect();
    socket.disconnect(true);
    client.disconnect();
    expect(heard).toEqual([
      ["disconnecting", "server namespace disconnect"],
      ["disconnect", "server namespace disconnect"],
    ]);
  });

  behaves("a broadcast from disconnecting reaches the others in the room", async (world) => {
    const [leaving, staying] = [await world.pair(), await world.pair()];
    await leaving.socket.join("x");
    await staying.socket.join("x");
    leaving.socket.on("disconnecting", () => {
      for (const room of leaving.socket.rooms) leaving.socket.to(room).emit("left", room);
    });
    const heard = once(staying.client, "left");
    leaving.client.disconnect();
    expect(await heard).toEqual(["x"]);
  });

  behaves("joining a room after the disconnection does nothing", async (world) => {
    const { socket } = await world.pair();
    socket.disconnect();
    await socket.join("late");
    expect(world.io.sockets.adapter.rooms.has("late")).toBe(false);
    expect(socket.rooms.size).toBe(0);
  });

  behaves("events that arrive after the disconnection are dropped", async (world) => {
    const { wire, socket } = await world.joinedWire();
    socket.on("late", () => expect.unreachable("an event is heard after the disconnection"));
    socket.once("first", () => socket.disconnect());
    await wire.send('42["first"]', '42["late"]');
    expect(await wire.next()).toBe("41");
  });

  behaves(
    "a socket disconnected by a connect listener still meets the connection listener",
    async (world) => {
      world.io.on("connect", (socket) => socket.disconnect());
      const met = once(world.io, "connection");
      world.client();
      const [socket] = (await met) as [{ connected: boolean }];
      expect(socket.connected).toBe(false);
    },
  );

  behaves("a disconnection empties the server", async (world) => {
    const { client, socket } = await world.pair();
    const closed = once(socket.conn, "close");
    client.disconnect();
    await closed;
    expect(world.io.sockets.sockets.size).toBe(0);
    expect(world.io.engine.clientsCount).toBe(0);
  });

  const quickly = { reconnection: true, reconnectionDelay: 1, reconnectionDelayMax: 10 };

  behaves("a client comes back after its connection was closed, as a new socket", async (world) => {
    const { client, socket } = await world.pair("/", quickly);
    await socket.join("x");
    const again = once(client, "connect");
    socket.conn.close();
    await again;
    const returned = world.socket(client.id);
    expect(returned.id).not.toBe(socket.id);
    expect(returned.rooms).toEqual(new Set([returned.id]));
    expect(returned.recovered).toBe(false);
    expect(returned.data).toEqual({});
  });

  behaves("what a client emits while it is away arrives when it is back, in order", async (world) => {
    const { client, socket } = await world.pair("/", quickly);
    const inbox = new Promise<Inbox>((resolve) => {
      world.io.once("connection", (returned) => resolve(new Inbox(returned)));
    });
    const gone = once(client, "disconnect");
    socket.conn.close();
    await gone;
    for (let i = 0; i < 10; i += 1) client.emit("n", i);
    client.emit("end");
    const numbers = (await (await inbox).before("end")).map(([, n]) => n);
    expect(numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
