import { expect, suite } from "../suite.ts";
import { once } from "../waiting.ts";

/** Attributes of a socket (server-api, "Socket": attributes). */
export const handshake = suite("handshake and data", (behaves, transport) => {
  behaves("the handshake tells where the client came from", async (world) => {
    const before = Date.now();
    const { socket } = await world.pair("/", { query: { room: "r 1", token: "é" } });
    const { headers, query, url, address, issued, time, secure, xdomain } = socket.handshake;
    expect(headers.host).toBe(world.origin.replace("http://", ""));
    expect(query).toMatchObject({ EIO: "4", room: "r 1", token: "é" });
    expect(query["transport"]).toBe(transport === "websocket" ? "websocket" : "polling");
    expect(url).toMatch(/^\/socket\.io\/\?.*EIO=4/);
    expect(address).toBe("127.0.0.1");
    expect(issued).toBeGreaterThanOrEqual(before);
    expect(issued).toBeLessThanOrEqual(Date.now());
    expect(Math.abs(Date.parse(time) - issued)).toBeLessThanOrEqual(1_000);
    expect([secure, xdomain]).toEqual([false, false]);
  });

  behaves("headers the client sends are in the handshake and in the request", async (world) => {
    const extraHeaders = { "x-client": "yes", origin: "http://elsewhere.example" };
    const { socket } = await world.pair("/", { extraHeaders });
    expect(socket.handshake.headers).toMatchObject(extraHeaders);
    expect(socket.handshake.xdomain).toBe(true);
    expect(socket.request.headers["x-client"]).toBe("yes");
    expect(socket.client.request).toBe(socket.request);
  });

  behaves("auth is what the client gave to this namespace, an empty object when nothing", async (world) => {
    world.io.of("/other");
    const manager = world.manager();
    const main = world.client("/", { auth: { token: "t", deep: { a: [1] } } }, manager);
    const other = world.client("/other", {}, manager);
    await Promise.all([once(main, "connect"), once(other, "connect")]);
    expect(world.socket(main.id).handshake.auth).toEqual({ token: "t", deep: { a: [1] } });
    expect(world.socket(other.id, "/other").handshake.auth).toEqual({});
  });

  behaves("auth given by a function is sent as well", async (world) => {
    const { socket } = await world.pair("/", { auth: (give: (auth: object) => void) => give({ n: 1 }) });
    expect(socket.handshake.auth).toEqual({ n: 1 });
  });

  behaves("what a middleware of the engine puts into the query is in the handshake", async (world) => {
    world.io.engine.use((request: object, _response: unknown, next: () => void) => {
      Object.assign(Reflect.get(request, "_query") as object, { user: "of the middleware" });
      next();
    });
    const { socket } = await world.pair("/", { query: { room: "r 1" } });
    expect(socket.handshake.query).toMatchObject({ EIO: "4", room: "r 1", user: "of the middleware" });
  });

  behaves("of a repeated query parameter the last one counts", async (world) => {
    const wire = await world.wire("&a=1&a=2&empty=");
    await wire.send("40");
    await wire.next();
    const [socket] = [...world.io.sockets.sockets.values()];
    expect(socket?.handshake.query).toMatchObject({ a: "2", empty: "" });
  });

  behaves("data starts empty and is the socket's own", async (world) => {
    const [a, b] = [await world.pair(), await world.pair()];
    expect(a.socket.data).toEqual({});
    a.socket.data.name = "ada";
    expect(a.socket.data).toEqual({ name: "ada" });
    expect(b.socket.data).toEqual({});
  });

  behaves("a socket is not recovered unless recovery says so", async (world) => {
    const { socket } = await world.pair();
    expect(socket.recovered).toBe(false);
  });

  behaves("the transport's name and the protocol's revision are known", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const round = once(socket, "x");
    await wire.send('42["x"]');
    await round;
    expect(socket.conn.transport.name).toBe(transport === "polling" ? "polling" : "websocket");
    expect(socket.conn.protocol).toBe(4);
  });

  behaves("eventNames lists a socket's events", async (world) => {
    const { socket } = await world.pair();
    socket.on("a", () => {});
    expect(socket.eventNames()).toContain("a");
    socket.removeAllListeners("a");
    expect(socket.eventNames()).not.toContain("a");
  });

  behaves(
    "a request that the application has dropped leaves the handshake without headers and query",
    async (world) => {
      world.io.engine.on("connection", (connection: { request: unknown }) => {
        connection.request = null;
      });
      const { socket } = await world.pair();
      expect(socket.handshake).toMatchObject({ headers: {}, query: {}, auth: {} });
      expect(socket.handshake.address).toMatch(/127\.0\.0\.1$/);
    },
  );

  behaves("a socket has no listeners but the application's", async (world) => {
    const { socket } = await world.pair();
    expect(socket.eventNames()).toEqual([]);
    expect(socket.listenerCount("error")).toBe(0);
  });
});
