import { File } from "node:buffer";
import { Inbox } from "../inbox.ts";
import { expect, suite } from "../suite.ts";
import { called, inTime, once } from "../waiting.ts";
import { connectedId, type World } from "../world.ts";

type Ack = (...args: unknown[]) => void;

const broken = (): never => {
  throw new Error("a bug in the application");
};

async function answers(world: World): Promise<void> {
  const { client, socket } = await world.pair("/healthy");
  socket.on("ask", (ack: Ack) => ack("here"));
  expect(await client.emitWithAck("ask")).toBe("here");
}

/**
 * Guarantees of Skein beyond the reference, where one client or one bug would otherwise end the
 * process. The reference is not run on these, because it would end the test process.
 */
export const safety = suite("one client's trouble is not everybody's", (behaves) => {
  behaves("a listener that throws does not end the process", async (world) => {
    world.io.of("/healthy");
    const { wire, socket } = await world.joinedWire();
    socket.on("x", broken);
    await wire.send('42["x"]');
    await answers(world);
  });

  behaves("a listener that rejects does not end the process", async (world) => {
    world.io.of("/healthy");
    const { wire, socket } = await world.joinedWire();
    socket.on("x", () => Promise.reject(new Error("a bug in the application")));
    await wire.send('42["x"]');
    await answers(world);
  });

  behaves("a connection listener that throws does not end the process", async (world) => {
    world.io.of("/healthy");
    world.io.on("connection", broken);
    const wire = await world.wire();
    await wire.send("40");
    connectedId(await wire.next());
    await answers(world);
  });

  behaves(
    "a disconnect listener that throws does not keep the socket from being cleaned up",
    async (world) => {
      world.io.of("/healthy");
      const { wire, socket } = await world.joinedWire();
      socket.on("disconnecting", broken);
      socket.on("disconnect", broken);
      await wire.send("41");
      await answers(world);
      expect(world.io.sockets.sockets.size).toBe(0);
      expect(world.io.sockets.adapter.rooms.size).toBe(0);
    },
  );

  behaves("a middleware that throws refuses the client", async (world) => {
    world.io.of("/healthy");
    world.io.use(broken);
    const wire = await world.wire();
    await wire.send("40");
    expect(await wire.next()).toMatch(/^44\{"message":"/);
    await answers(world);
  });

  behaves("a middleware that rejects refuses the client", async (world) => {
    world.io.of("/healthy");
    world.io.use((() => Promise.reject(new Error("a bug in the application"))) as () => void);
    const wire = await world.wire();
    await wire.send("40");
    expect(await wire.next()).toMatch(/^44\{"message":"/);
    await answers(world);
  });

  behaves("a socket middleware that throws refuses the event", async (world) => {
    const { wire, socket } = await world.joinedWire();
    socket.use(([name], next) => (name === "bad" ? broken() : next()));
    const [failed, heard] = [once(socket, "error"), once(socket, "good")];
    await wire.send('42["bad"]', '42["good"]');
    expect((await failed)[0]).toBeInstanceOf(Error);
    await heard;
  });

  behaves("an acknowledgement callback that throws does not end the process", async (world) => {
    world.io.of("/healthy");
    const { wire, socket } = await world.joinedWire();
    socket.emit("ask", broken);
    await wire.next();
    await wire.send("430[]");
    await answers(world);
  });

  behaves(
    "a client that omits the acknowledgement a listener calls does not end the process",
    async (world) => {
      world.io.of("/healthy");
      const { wire, socket } = await world.joinedWire();
      socket.on("ask", (ack: Ack) => ack("answer"));
      await wire.send('42["ask"]');
      await answers(world);
    },
  );

  behaves("next called twice counts once", async (world) => {
    let announced = 0;
    world.io.use((_, next) => {
      next();
      next();
    });
    world.io.on("connection", (socket) => {
      announced += 1;
      socket.on("ask", (ack: Ack) => ack(announced));
    });
    const client = await world.connect();
    expect(await client.emitWithAck("ask")).toBe(1);
  });

  behaves("a second CONNECT while a middleware decides makes no second socket", async (world) => {
    let runs = 0;
    world.io.of("/healthy");
    world.io.use(() => {
      runs += 1;
    });
    const wire = await world.wire();
    await wire.send("40", "40", "40");
    expect(await wire.rest()).toEqual([]);
    expect(runs).toBeLessThanOrEqual(1);
    await answers(world);
  });

  behaves("an acknowledgement id that is no safe integer is a protocol error", async (world) => {
    const { wire, socket } = await world.joinedWire();
    socket.on("x", () => expect.unreachable("an event with a broken id is heard"));
    const gone = once(socket, "disconnect");
    await wire.send('42999999999999999999999["x"]');
    expect(await wire.rest()).toEqual([]);
    await gone;
  });

  behaves("deeply nested data that is echoed to everybody does not end the process", async (world) => {
    world.io.of("/healthy");
    const { wire, socket } = await world.joinedWire();
    socket.on("deep", (data: unknown) => world.io.emit("deep", data));
    await wire.send(`42["deep",${"[".repeat(20_000)}${"]".repeat(20_000)}]`);
    await answers(world);
  });

  behaves(
    "an event for a namespace that is still being joined is dropped, not the connection",
    async (world) => {
      const examined = called<[next: () => void]>("the middleware to run");
      const slow = world.io.of("/slow").use((_, next) => examined.fn(next));
      slow.on("connection", (socket) => {
        socket.on("early", () => expect.unreachable("an event sent before the CONNECT reply is heard"));
        socket.on("ask", (ack: Ack) => ack("here"));
      });
      const { wire, socket: main } = await world.joinedWire();
      const marked = once(main, "marker");
      await wire.send("40/slow,", '42/slow,["early"]', '42["marker"]');
      await marked;
      const [decide] = await examined.args;
      decide();
      expect(await wire.next()).toMatch(/^40\/slow,\{"sid":/);
      await wire.send('42/slow,1["ask"]');
      expect(await wire.next()).toBe('43/slow,1["here"]');
    },
  );

  behaves("a question with a timeout fails as soon as the client has left", async (world) => {
    const { client, socket } = await world.pair();
    const { fn, args } = called<[error: unknown]>("the callback");
    socket.timeout(60_000).emit("ask", fn);
    const promise = socket.timeout(60_000).emitWithAck("ask") as Promise<unknown>;
    const settled = Promise.allSettled([promise]);
    client.disconnect();
    const [outcome] = await inTime(settled, "the question to fail");
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "ACK_DISCONNECTED" } });
    expect((await args)[0]).toMatchObject({ code: "ACK_DISCONNECTED" });
  });

  behaves("a key that would reach a prototype reaches no listener", async (world) => {
    const hostile = '{"__proto__":{"admin":true},"c":{"constructor":{"prototype":{"admin":true}}},"kept":1}';
    const wire = await world.wire();
    await wire.send(`40${hostile}`);
    const socket = world.socket(connectedId(await wire.next()));
    expect(Object.keys(socket.handshake.auth)).toEqual(["c", "kept"]);
    const heard = once(socket, "x");
    await wire.send(`42["x",${hostile},${hostile.replace("__proto__", String.raw`__pr\u006fto__`)}]`);
    for (const value of (await heard) as object[]) {
      expect(Object.keys(value)).toEqual(["c", "kept"]);
      expect(value).toMatchObject({ c: { constructor: {} }, kept: 1 });
      expect("admin" in Object.assign({}, value)).toBe(false);
    }
  });

  behaves("one connection can't be in namespaces without limit", async (world) => {
    world.io.of(/^\/n-/);
    const wire = await world.wire();
    for (let i = 0; i < 1_200; i += 300) {
      await wire.send(...Array.from({ length: 300 }, (_, n) => `40/n-${i + n},`));
    }
    const replies: string[] = [];
    while (replies.length < 1_200) replies.push(String(await wire.next()));
    expect(replies.filter((reply) => reply.startsWith("40"))).toHaveLength(1_000);
    expect(replies.filter((reply) => reply.startsWith("44"))).toHaveLength(200);
  });

  behaves("a Blob is refused by emit, and the connection goes on", async (world) => {
    const { client, socket } = await world.pair();
    socket.on("ask", (ack: Ack) => ack("here"));
    for (const blob of [new Blob(["bytes"]), new File(["bytes"], "name")]) {
      expect(() => socket.emit("x", blob)).toThrow(expect.objectContaining({ code: "UNSUPPORTED_BLOB" }));
      expect(() => world.io.emit("x", { blob })).toThrow(
        expect.objectContaining({ code: "UNSUPPORTED_BLOB" }),
      );
    }
    expect(await client.emitWithAck("ask")).toBe("here");
  });

  behaves("a disconnected socket sends nothing more", async (world) => {
    const { wire, socket } = await world.joinedWire();
    socket.disconnect();
    socket.emit("late");
    await wire.send("40");
    expect(await wire.next()).toBe("41");
    connectedId(await wire.next());
  });

  behaves(
    "a broadcast by a parent namespace gives each event one offset",
    { connectionStateRecovery: {} },
    async (world) => {
      const parent = world.io.of(/^\/p-/);
      const clients = [await world.connect("/p-1"), await world.connect("/p-2")];
      const inboxes = clients.map((client) => new Inbox(client));
      parent.emit("news");
      for (const inbox of inboxes) expect(await inbox.next()).toHaveLength(2);
    },
  );

  behaves("a WebSocket close packet ends the session", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const gone = once(socket, "disconnect");
    await wire.send("1");
    expect((await gone)[0]).toBe("transport close");
  });

  behaves("namespaces can be asked without naming a timeout, and reject at once", async (world) => {
    await world.pair();
    const { io } = world as unknown as { io: { emitWithAck(event: string): Promise<unknown> } };
    await expect(io.emitWithAck("ask")).rejects.toThrow("operation has timed out");
  });

  behaves("the listener given to of() hears of connections also where a pattern matches", async (world) => {
    world.io.of(/^\/p-/);
    const ids: string[] = [];
    world.io.of("/p-1", (socket) => ids.push(socket.id));
    const client = await world.connect("/p-1");
    expect(ids).toEqual([client.id]);
  });

  behaves("a server that was never attached can be closed", async (world) => {
    const { io } = world;
    const Server = io.constructor as new () => { close(): Promise<void> };
    await new Server().close();
  });
});
