import { createServer } from "node:http";
import { Adapter } from "socket.io-adapter";
import { expect, suite } from "../suite.ts";
import { called, once } from "../waiting.ts";

/** Takes its time to close. */
class CountingAdapter extends Adapter {
  readonly steps: string[] = [];

  override init(): void {
    this.steps.push("init");
  }

  override async close(): Promise<void> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    this.steps.push("closed");
  }
}

/** `Server.close` (server-api, "Closing"). */
export const closing = suite("closing the server", (behaves) => {
  behaves("every socket of every namespace is told that the server shuts down", async (world) => {
    world.io.of("/other");
    const pairs = [await world.pair(), await world.pair("/other")];
    const reasons: unknown[] = [];
    for (const { socket } of pairs) socket.on("disconnect", (reason) => reasons.push(reason));
    const clients = pairs.map(({ client }) => once(client, "disconnect"));
    const closed = world.io.close();
    expect(reasons).toEqual(["server shutting down", "server shutting down"]);
    await closed;
    // A client between two polls finds no server to poll.
    for (const [reason] of await Promise.all(clients)) expect(reason).toMatch(/^transport (close|error)$/);
  });

  behaves(
    "every namespace's adapter is initialised, and closed before the server is",
    { adapter: CountingAdapter },
    async (world) => {
      const adapters = ["/", "/one", "/two"].map((name) => world.io.of(name).adapter as CountingAdapter);
      expect(new Set(adapters).size).toBe(3);
      expect(adapters.map(({ steps }) => steps)).toEqual([["init"], ["init"], ["init"]]);
      await world.io.close();
      expect(adapters.map(({ steps }) => steps.at(-1))).toEqual(["closed", "closed", "closed"]);
    },
  );

  behaves("clients see the connection end, without a DISCONNECT packet", async (world) => {
    const { wire } = await world.joinedWire();
    const rest = wire.rest().catch((error: unknown) => error);
    await world.io.close();
    const packets = await rest;
    if (packets instanceof Error) expect(packets.message).toMatch(/ECONNREFUSED|ECONNRESET|socket hang up/);
    else expect(packets).toEqual([]);
  });

  behaves("the callback and the promise come when the HTTP server has closed", async (world) => {
    await world.connect();
    const { fn, args } = called<[Error?]>("the callback");
    const httpClosed = once(world.httpServer, "close");
    await world.io.close(fn);
    await httpClosed;
    expect((await args)[0]).toBeUndefined();
    expect(world.httpServer.listening).toBe(false);
  });

  behaves("the callback and the promise come when everybody is gone, also the second time", async (world) => {
    await world.connect();
    for (let time = 0; time < 2; time++) {
      const { fn, args } = called<[Error?]>("the callback");
      await world.io.close(fn);
      await args;
      expect(world.io.engine.clientsCount).toBe(0);
    }
  });

  behaves("closing twice is safe, and the second callback tells of it", async (world) => {
    await world.io.close();
    const { fn, args } = called<[Error?]>("the callback");
    await world.io.close(fn);
    expect((await args)[0]).toMatchObject({ code: "ERR_SERVER_NOT_RUNNING" });
  });

  behaves("nobody new gets in", async (world) => {
    const { origin } = world;
    await world.io.close();
    const client = world.client("/", {}, world.managerOf(origin));
    const [error] = await once(client, "connect_error");
    expect(error).toBeInstanceOf(Error);
  });

  behaves("a closed server can be attached again, with its namespaces and listeners", async (world) => {
    const greeted: string[] = [];
    world.io.on("connection", (socket) => greeted.push(socket.id));
    await world.io.close();
    const http = createServer();
    world.io.attach(http);
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const { port } = http.address() as { port: number };
    const client = world.client("/", {}, world.managerOf(`http://127.0.0.1:${port}`));
    await once(client, "connect");
    expect(greeted).toEqual([client.id]);
  });

  behaves("a server may listen on a port it is given", async (world) => {
    await world.io.close();
    world.io.listen(0);
    await once(world.io.httpServer, "listening");
    const { port } = world.io.httpServer.address() as { port: number };
    await once(world.client("/", {}, world.managerOf(`http://127.0.0.1:${port}`)), "connect");
  });
});
