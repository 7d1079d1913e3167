import { expect, suite } from "../suite.ts";
import { until } from "../waiting.ts";

/** Conformance (engine-protocol, "Query parameters", "Session id" and "Handshake"). */
export const handshake = suite("the handshake", (behaves, mode) => {
  behaves("the open packet has exactly the keys of the protocol, in its order", async (world) => {
    const { opened } = await world.open();
    expect(Object.keys(opened)).toEqual(["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]);
  });

  behaves(
    "the open packet tells the options",
    { pingInterval: 12_000, pingTimeout: 3000, maxHttpBufferSize: 5000 },
    async (world) => {
      const { opened } = await world.open();
      expect(opened).toMatchObject({ pingInterval: 12_000, pingTimeout: 3000, maxPayload: 5000 });
    },
  );

  behaves("the defaults are those of the documentation", async (world) => {
    const { opened } = await world.open();
    expect(opened).toMatchObject({ pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1_000_000 });
  });

  behaves(
    "an option that is undefined means its default",
    { pingInterval: undefined, pingTimeout: undefined, maxHttpBufferSize: undefined, transports: undefined },
    async (world) => {
      const { opened } = await world.open();
      expect(opened).toMatchObject({ pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1_000_000 });
    },
  );

  behaves("an id is 20 characters that fit a URL, and differs from all others", async (world) => {
    const sessions = [await world.open(), await world.open(), await world.open()];
    const ids = sessions.map(({ opened }) => opened.sid);
    for (const id of ids) expect(id).toMatch(/^[\w-]{20}$/);
    expect(new Set(ids).size).toBe(3);
    expect(sessions.map(({ server }) => server.socket.id)).toEqual(ids);
  });

  behaves("only a polling session is offered an upgrade", async (world) => {
    const { opened } = await world.open();
    expect(opened.upgrades).toEqual(mode.path === "websocket" ? [] : ["websocket"]);
  });

  behaves("the session knows its revision, state, transport and peer", async (world) => {
    const { server } = await world.open();
    const { socket } = server;
    expect(socket.protocol).toBe(mode.revision);
    expect(socket.readyState).toBe("open");
    expect(socket.transport.name).toBe(mode.path === "polling" ? "polling" : "websocket");
    expect(socket.upgraded).toBe(mode.path === "polling, then websocket");
    expect(socket.remoteAddress).toBe("127.0.0.1");
    expect(socket.request?.url).toContain(`EIO=${mode.revision}`);
  });

  behaves("sessions are counted while they are open", async (world) => {
    const first = await world.open();
    const second = await world.open();
    expect(world.engine.clientsCount).toBe(2);
    first.server.socket.close(true);
    expect(world.engine.clientsCount).toBe(1);
    second.server.socket.close(true);
    await until(() => world.engine.clientsCount === 0, "no session");
  });

  behaves("an initial packet follows the open packet", { initialPacket: "héllo" }, async (world) => {
    const { client } = await world.client();
    expect(await client.next()).toBe("héllo");
  });

  behaves("an initial packet may be binary", { initialPacket: Buffer.of(1, 2, 3) }, async (world) => {
    const { client } = await world.client();
    expect(await client.next()).toEqual(Buffer.of(1, 2, 3));
  });

  behaves("what is sent by the connection listener arrives", async (world) => {
    world.engine.on("connection", (socket: { send(data: string): unknown }) => socket.send("welcome"));
    const { client } = await world.client();
    expect(await client.next()).toBe("welcome");
  });
});
