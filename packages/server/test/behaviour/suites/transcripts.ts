import { expect, suite } from "../suite.ts";
import type { Packet, Wire } from "../wire/wire.ts";

type Ack = (...args: unknown[]) => void;

const [p0, p1] = ['{"_placeholder":true,"num":0}', '{"_placeholder":true,"num":1}'];
const [left, right] = [Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])];

/** The next `count` packets, with every socket id shown as S. */
async function packets(wire: Wire, count: number): Promise<Packet[]> {
  const received: Packet[] = [];
  while (received.length < count) received.push(await wire.next());
  return received.map((packet) =>
    typeof packet === "string" ? packet.replace(/"sid":"[\w-]{20}"/, '"sid":"S"') : packet,
  );
}

/** Bytes on the wire (socketio-protocol, "Transcripts"). */
export const transcripts = suite("the wire, byte for byte", (behaves, transport) => {
  behaves("the open packet", async (world) => {
    const { open, sid } = await world.wire();
    expect(sid).toMatch(/^[\w-]{20}$/);
    const upgrades = transport === "websocket" ? "[]" : '["websocket"]';
    expect(open).toBe(
      `0{"sid":"${sid}","upgrades":${upgrades},"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`,
    );
  });

  behaves("connecting with auth, which the server echoes", async (world) => {
    world.io.on("connection", (socket) => socket.emit("auth", socket.handshake.auth));
    const wire = await world.wire();
    await wire.send('40{"token":"123"}');
    expect(await packets(wire, 2)).toEqual(['40{"sid":"S"}', '42["auth",{"token":"123"}]']);
  });

  behaves("connecting to a namespace with auth", async (world) => {
    world.io.of("/admin").on("connection", (socket) => socket.emit("auth", socket.handshake.auth));
    const wire = await world.wire();
    await wire.send('40/admin,{"token":"123"}');
    expect(await packets(wire, 2)).toEqual(['40/admin,{"sid":"S"}', '42/admin,["auth",{"token":"123"}]']);
  });

  behaves("an event and its echo", async (world) => {
    const { wire, socket } = await world.joinedWire();
    socket.on("message", (...args: unknown[]) => socket.emit("message-back", ...args));
    await wire.send('42["message",1,"2",{"3":[true]}]');
    expect(await wire.next()).toBe('42["message-back",1,"2",{"3":[true]}]');
  });

  behaves("an event with an acknowledgement", async (world) => {
    const { wire, socket } = await world.joinedWire();
    socket.on("message-with-ack", (...args: unknown[]) => (args.pop() as Ack)(...args));
    await wire.send('42456["message-with-ack",1,"2",{"3":[false]}]');
    expect(await wire.next()).toBe('43456[1,"2",{"3":[false]}]');
  });

  behaves("a binary event with a binary acknowledgement", async (world) => {
    const { wire, socket } = await world.joinedWire();
    socket.on("message-with-ack", (...args: unknown[]) => (args.pop() as Ack)(...args));
    await wire.send(`452-789["message-with-ack",${p0},${p1}]`, left, right);
    expect(await packets(wire, 3)).toEqual([`462-789[${p0},${p1}]`, left, right]);
  });

  behaves("a binary event in a namespace", async (world) => {
    world.io.of("/admin").on("connection", (socket) => socket.emit("baz", { a: left, b: [right] }));
    const wire = await world.wire();
    await wire.send("40/admin,");
    const expected = ['40/admin,{"sid":"S"}', `452-/admin,["baz",{"a":${p0},"b":[${p1}]}]`, left, right];
    expect(await packets(wire, 4)).toEqual(expected);
  });

  behaves("a question of the server in a namespace, text and binary", async (world) => {
    const answers: unknown[] = [];
    world.io.of("/admin").on("connection", (socket) => {
      socket.emit("bar", (...args: unknown[]) => answers.push(args));
      socket.emit("test", left, (...args: unknown[]) => {
        answers.push(args);
        socket.emit("done");
      });
    });
    const wire = await world.wire();
    await wire.send("40/admin,");
    const asked = ['40/admin,{"sid":"S"}', '42/admin,0["bar"]', `451-/admin,1["test",${p0}]`, left];
    expect(await packets(wire, 4)).toEqual(asked);
    await wire.send('43/admin,0["answer"]', `461-/admin,1[${p0}]`, right);
    expect(await wire.next()).toBe('42/admin,["done"]');
    expect(answers).toEqual([["answer"], [right]]);
  });

  behaves("refusals", async (world) => {
    world.io.of("/custom").use((socket, next) => {
      const { how } = socket.handshake.auth as { how: string };
      next(how === "data" ? Object.assign(new Error("no"), { data: { a: 1 } }) : new Error("no"));
    });
    const wire = await world.wire();
    await wire.send("40/random");
    expect(await wire.next()).toBe('44/random,{"message":"Invalid namespace"}');
    await wire.send("40/custom,{}");
    expect(await wire.next()).toBe('44/custom,{"message":"no"}');
    await wire.send('40/custom,{"how":"data"}');
    expect(await wire.next()).toBe('44/custom,{"message":"no","data":{"a":1}}');
  });

  behaves("leaving a namespace is not answered", async (world) => {
    world.io.of("/custom");
    const { wire, socket } = await world.joinedWire();
    socket.on("x", () => socket.emit("y"));
    await wire.send("40/custom,");
    expect(await packets(wire, 1)).toEqual(['40/custom,{"sid":"S"}']);
    await wire.send("41/custom,", '42["x"]');
    expect(await wire.next()).toBe('42["y"]');
  });

  behaves("a client sent away", async (world) => {
    world.io.of("/custom").on("connection", (socket) => socket.disconnect());
    const { wire, socket } = await world.joinedWire();
    await wire.send("40/custom,");
    expect(await packets(wire, 2)).toEqual(['40/custom,{"sid":"S"}', "41/custom,"]);
    socket.disconnect();
    expect(await wire.next()).toBe("41");
  });

  behaves("a broadcast, text and binary", async (world) => {
    const wires = [await world.joinedWire(), await world.joinedWire()];
    world.io.emit("news", { a: 1 });
    world.io.emit("bytes", left);
    for (const { wire } of wires)
      expect(await packets(wire, 3)).toEqual(['42["news",{"a":1}]', `451-["bytes",${p0}]`, left]);
  });

  behaves("text beyond ASCII", async (world) => {
    const { wire, socket } = await world.joinedWire();
    socket.on("text", (text: string) => socket.emit("text", text));
    await wire.send('42["text","é€😀\u2028"]');
    expect(await wire.next()).toBe('42["text","é€😀\u2028"]');
  });

  behaves("the heartbeat", { pingInterval: 40, pingTimeout: 8_000 }, async (world) => {
    const wire = await world.wire();
    for (let i = 0; i < 3; i += 1) {
      expect(await wire.next()).toBe("2");
      await wire.send("3");
    }
  });

  behaves("an initial packet follows the open packet", { initialPacket: "hi" }, async (world) => {
    const wire = await world.wire();
    if (transport === "polling, then websocket") return;
    expect(await wire.next()).toBe("4hi");
  });
});
