import type { RemoteSocket } from "socket.io";
import { Inbox } from "../inbox.ts";
import { expect, suite } from "../suite.ts";
import { called, once } from "../waiting.ts";

type Ack = (...args: unknown[]) => void;

const ids = (sockets: { id: string }[]): string[] => sockets.map(({ id }) => id).toSorted();

/** Operations on many sockets (server-api, "BroadcastOperator" and "RemoteSocket"). */
export const fetchedSockets = suite("acting on many sockets", (behaves) => {
  behaves("fetchSockets lists the sockets, with id, rooms, data and handshake", async (world) => {
    const { socket } = await world.pair("/", { auth: { token: "t" } });
    await socket.join("x");
    socket.data = { name: "ada" };
    const [fetched, ...others] = await world.io.fetchSockets();
    expect(others).toEqual([]);
    expect(fetched?.id).toBe(socket.id);
    expect(fetched?.rooms).toEqual(new Set([socket.id, "x"]));
    expect(fetched?.data).toEqual({ name: "ada" });
    expect(fetched?.handshake.auth).toEqual({ token: "t" });
  });

  behaves("fetchSockets keeps to rooms and exceptions", async (world) => {
    const [a, b, c] = [await world.pair(), await world.pair(), await world.pair()];
    await a.socket.join("x");
    await b.socket.join(["x", "y"]);
    expect(ids(await world.io.in("x").fetchSockets())).toEqual(ids([a.socket, b.socket]));
    expect(ids(await world.io.in("x").except("y").fetchSockets())).toEqual([a.socket.id]);
    expect(ids(await world.io.except("x").fetchSockets())).toEqual([c.socket.id]);
    expect(ids(await world.io.local.fetchSockets())).toEqual(ids([a.socket, b.socket, c.socket]));
    expect(ids(await a.socket.broadcast.fetchSockets())).toEqual(ids([b.socket, c.socket]));
    expect(ids(await world.io.in("nobody").fetchSockets())).toEqual([]);
  });

  behaves("a fetched socket emits, joins, leaves and disconnects", async (world) => {
    const { client, socket } = await world.pair();
    const inbox = new Inbox(client);
    const [fetched] = (await world.io.fetchSockets()) as unknown as RemoteSocket<
      Record<string, Ack>,
      unknown
    >[];
    fetched?.emit("hello", 1);
    expect(await inbox.next()).toEqual(["hello", 1]);
    fetched?.join(["x", "y"]);
    fetched?.leave("x");
    expect(socket.rooms).toEqual(new Set([socket.id, "y"]));
    const reasons = [once(socket, "disconnect"), once(client, "disconnect")];
    fetched?.disconnect();
    const [server, official] = await Promise.all(reasons);
    expect(server?.[0]).toBe("server namespace disconnect");
    expect(official?.[0]).toBe("io server disconnect");
  });

  behaves("a fetched socket asks with a timeout and gets the one answer", async (world) => {
    const { client } = await world.pair();
    client.on("ask", (ack: Ack) => ack("answer"));
    const [fetched] = await world.io.fetchSockets();
    const { fn, args } = called<unknown[]>("the answer");
    fetched?.timeout(5_000).emit("ask", fn);
    expect(await args).toEqual([null, "answer"]);
  });

  behaves("socketsJoin and socketsLeave move the matching sockets", async (world) => {
    const [a, b] = [await world.pair(), await world.pair()];
    world.io.socketsJoin("all");
    world.io.in(a.socket.id).socketsJoin(["one", "two"]);
    expect(a.socket.rooms).toEqual(new Set([a.socket.id, "all", "one", "two"]));
    expect(b.socket.rooms).toEqual(new Set([b.socket.id, "all"]));
    world.io.in("one").socketsLeave(["all", "two"]);
    expect(a.socket.rooms).toEqual(new Set([a.socket.id, "one"]));
    world.io.except("one").socketsLeave("all");
    expect(b.socket.rooms).toEqual(new Set([b.socket.id]));
  });

  behaves("disconnectSockets disconnects the matching sockets and no others", async (world) => {
    const [a, b] = [await world.pair(), await world.pair()];
    await a.socket.join("x");
    const gone = [once(a.socket, "disconnect"), once(a.client, "disconnect")];
    world.io.in("x").disconnectSockets();
    const [server, official] = await Promise.all(gone);
    expect(server?.[0]).toBe("server namespace disconnect");
    expect(official?.[0]).toBe("io server disconnect");
    expect(b.socket.connected).toBe(true);
    expect([...world.io.sockets.sockets.keys()]).toEqual([b.socket.id]);
  });

  behaves("disconnectSockets(true) closes the connection and so its other namespaces", async (world) => {
    world.io.of("/other");
    const { wire } = await world.joinedWire();
    await wire.send("40/other");
    await wire.next();
    const [other] = [...world.io.of("/other").sockets.values()];
    const gone = once(other ?? {}, "disconnect");
    world.io.disconnectSockets(true);
    expect((await gone)[0]).toBe("server namespace disconnect");
    expect(await wire.rest()).toEqual(["41", "41/other,"]);
  });

  behaves("the sockets of a namespace are those of that namespace", async (world) => {
    world.io.of("/a");
    const main = await world.pair();
    const other = await world.pair("/a");
    expect(ids(await world.io.of("/a").fetchSockets())).toEqual([other.socket.id]);
    world.io.of("/a").disconnectSockets();
    expect(main.socket.connected).toBe(true);
    expect(other.socket.connected).toBe(false);
  });
});
