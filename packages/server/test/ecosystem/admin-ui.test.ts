import { instrument } from "@socket.io/admin-ui";
import type { Server as PublishedServer } from "socket.io";
import type { Socket as ClientSocket } from "socket.io-client";
import { expect, test } from "vitest";
import { Inbox } from "../behaviour/inbox.ts";
import { once, until } from "../behaviour/waiting.ts";
import { World } from "../support/world.ts";

/** A server that is watched, and somebody who watches. */
async function watched(mode: "development" | "production" = "development") {
  const world = await World.start();
  instrument(world.io as unknown as PublishedServer, { auth: false, mode, serverId: "watched" });
  const transports = ["polling", "websocket"];
  const connecting = world.connecting("/admin", { transports });
  const admin = new Inbox(connecting);
  await once(connecting, "connect");
  return { world, connecting, admin };
}

const isTime = (value: unknown): boolean => typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value);

async function nextOf(admin: Inbox, name: string, matches: (args: unknown[]) => boolean = () => true) {
  for (;;) {
    const [event, ...args] = await admin.next();
    // Most end with the time at which it happened.
    if (event === name && matches(args)) return args.filter((value) => !isTime(value));
  }
}

const about =
  (client: ClientSocket) =>
  (args: unknown[]): boolean =>
    JSON.stringify(args).includes(String(client.id));

test("the admin UI sees the sockets, their rooms, events and ends", async () => {
  const { world, connecting, admin } = await watched();
  const config = await nextOf(admin, "config");
  expect(config).toMatchObject([{ supportedFeatures: expect.arrayContaining(["EMIT", "MJOIN"]) as unknown }]);
  await nextOf(admin, "all_sockets");
  const client = await world.client("/", { transports: ["polling", "websocket"] });
  const [connected] = (await nextOf(admin, "socket_connected", about(client))) as [Record<string, unknown>];
  expect(connected).toMatchObject({ id: client.id, nsp: "/", transport: "polling" });
  const updated = await nextOf(admin, "socket_updated", about(client));
  expect(updated).toMatchObject([{ id: client.id, nsp: "/", transport: "websocket" }]);
  const socket = world.socketOf(client);
  void socket.join("room");
  expect(await nextOf(admin, "room_joined", ([, room]) => room === "room")).toMatchObject([
    "/",
    "room",
    client.id,
  ]);
  world.io.to("room").emit("news", 1);
  expect(await nextOf(admin, "event_sent")).toMatchObject(["/", client.id, ["news", 1]]);
  client.emit("question", 2);
  expect(await nextOf(admin, "event_received")).toMatchObject(["/", client.id, ["question", 2]]);
  socket.data.name = "ada";
  expect(await nextOf(admin, "socket_updated", about(client))).toMatchObject([{ data: { name: "ada" } }]);
  connecting.emit("leave", "/", "room", client.id);
  expect(await nextOf(admin, "room_left", ([, room]) => room === "room")).toMatchObject([
    "/",
    "room",
    client.id,
  ]);
  const { id } = client;
  connecting.emit("_disconnect", "/", false, id);
  expect(await nextOf(admin, "socket_disconnected")).toMatchObject(["/", id, "server namespace disconnect"]);
});

test("the admin UI counts connections, packets and bytes, and acts on everybody", async () => {
  const { world, connecting, admin } = await watched("production");
  world.io.of("/later");
  const clients = [
    await world.client("/", { transports: ["websocket"] }),
    await world.client("/later", { transports: ["polling"] }),
  ];
  const [first] = clients as [ClientSocket];
  connecting.emit("join", "/", "room");
  await until(() => world.socketOf(first).rooms.has("room"), "the client to be in the room");
  world.io.emit("broadcast", Buffer.from([1]));
  const stats = await nextOf(admin, "server_stats", ([given]) => {
    const { clientsCount } = given as { clientsCount: number };
    return clientsCount === 3;
  });
  expect(stats).toMatchObject([
    {
      serverId: "watched",
      clientsCount: 3,
      pollingClientsCount: 1,
      namespaces: [
        { name: "/", socketsCount: 1 },
        { name: "/admin", socketsCount: 1 },
        { name: "/later", socketsCount: 1 },
      ],
    },
  ]);
  const gone = once(first, "disconnect");
  connecting.emit("_disconnect", "/", true);
  await gone;
});

test("who watches must know the password, and is known by the session afterwards", async () => {
  const world = await World.start({ connectionStateRecovery: {} });
  // The hash of "changeit".
  const password = "$2b$10$heqvAkYMez.Va6Et2uXInOnkCT6/uQj1brkrbyG3LpopDklcq7ZOS";
  instrument(world.io as unknown as PublishedServer, {
    auth: { type: "basic", username: "admin", password },
  });
  const refused = world.connecting("/admin", { auth: { username: "admin", password: "wrong" } });
  expect((await once(refused, "connect_error"))[0]).toMatchObject({ message: "invalid credentials" });
  const admin = world.connecting("/admin", { auth: { username: "admin", password: "changeit" } });
  const [sessionId] = await once(admin, "session");
  const again = world.connecting("/admin", { auth: { sessionId } });
  await once(again, "connect");
});
