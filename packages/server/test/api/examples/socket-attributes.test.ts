import { parseCookie } from "cookie";
import { describe, expect, test } from "vitest";
import type { Socket } from "../../../src/index.ts";
import { called, once, until } from "../../behaviour/waiting.ts";
import { World } from "../../support/world.ts";
import { echoed, echoing } from "../support.ts";

/** A world, and the next socket that comes into its main namespace. */
async function start(): Promise<{ world: World; arrival: Promise<[Socket]> }> {
  const world = await World.start();
  const connection = called<[Socket]>("a connection");
  world.io.on("connection", connection.fn);
  return { world, arrival: connection.args };
}

describe("a socket", () => {
  test("exposes its client and the events of the underlying connection", async () => {
    const { world, arrival } = await start();
    const client = world.connecting();
    const [socket] = await arrival;
    expect(socket.client.conn).toBe(socket.conn);
    expect(socket.client.request).toBe(socket.request);
    expect(socket.conn.transport.name).toBe("polling");
    const seen = new Set<string>();
    for (const event of ["packet", "packetCreate", "drain"]) {
      socket.conn.on(event, () => seen.add(event));
    }
    await once(socket.conn, "upgrade");
    expect(socket.conn.transport.name).toBe("websocket");
    socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
    await echoed(client, 1);
    await until(() => seen.size === 3, "packets both ways and an empty buffer");
    const closed = once(socket.conn, "close");
    client.disconnect();
    expect((await closed)[0]).toBe("transport close");
  });

  test("has a connection that emits heartbeat", async () => {
    const world = await World.start({ pingInterval: 50 });
    const client = await world.client("/", { transports: ["websocket"] });
    await once(world.socketOf(client).conn, "heartbeat");
  });

  test("has data that fetchSockets returns", async () => {
    const world = await World.start();
    world.io.on("connection", (socket) => {
      socket.data.callSign = "aurora-7";
    });
    await world.client();
    const [vessel] = await world.io.fetchSockets();
    expect(vessel?.data.callSign).toBe("aurora-7");
  });

  test("exposes the handshake to middlewares and connection listeners", async () => {
    const { world, arrival } = await start();
    const before: unknown[] = [];
    world.io.use((socket, go) => {
      before.push(socket.handshake);
      go();
    });
    await world.client("/", {
      query: { draught: "42" },
      auth: { permit: "p-9" },
      extraHeaders: { "user-agent": "tugboat" },
    });
    const [{ handshake, request }] = await arrival;
    expect(before).toEqual([handshake]);
    expect(handshake).toEqual({
      headers: expect.objectContaining({ "user-agent": "tugboat" }),
      time: String(new Date(handshake.issued)),
      address: "127.0.0.1",
      xdomain: false,
      secure: false,
      issued: expect.any(Number),
      url: expect.stringMatching(/^\/socket\.io\/\?.*EIO=4/),
      query: expect.objectContaining({ EIO: "4", transport: "polling", draught: "42" }),
      auth: { permit: "p-9" },
    });
    expect(handshake.headers).toBe(request?.headers);
  });

  test("has its own id, and is not recovered on a first connection", async () => {
    const { world, arrival } = await start();
    const client = await world.client();
    const [socket] = await arrival;
    expect(socket.id).toMatch(/^[\w-]{20}$/);
    expect(socket.id).toBe(client.id);
    expect(socket.id).not.toBe(socket.conn.id);
    expect(socket.recovered).toBe(false);
  });

  test("exposes the cookies of the handshake request", async () => {
    const { world, arrival } = await start();
    await world.client("/", { extraHeaders: { cookie: "flag=fi; crew=12" } });
    const [socket] = await arrival;
    expect(parseCookie(socket.request?.headers.cookie ?? "")).toEqual({ flag: "fi", crew: "12" });
  });

  test("keeps working after the application deletes the request", async () => {
    const world = await World.start();
    echoing(world.io);
    world.io.on("connection", (socket) => {
      Reflect.deleteProperty(socket.conn, "request");
    });
    const client = await world.client();
    const socket = world.socketOf(client);
    expect(socket.request ?? null).toBeNull();
    expect(socket.handshake.headers).toEqual({});
    expect(await echoed(client, 1)).toBe(1);
  });

  test("lists its own room and every joined room", async () => {
    const { world, arrival } = await start();
    await world.client();
    const [socket] = await arrival;
    expect(socket.rooms).toEqual(new Set([socket.id]));
    void socket.join("pier-3");
    expect(socket.rooms).toEqual(new Set([socket.id, "pier-3"]));
  });
});
