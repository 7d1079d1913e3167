import { expect, suite } from "../suite.ts";
import { called } from "../waiting.ts";

const texts = ["a", "héllo €", "𝄞 and 😀", "line\nline\r\n", "b64 looks like base64", "4", "null\u0000byte"];

const sizes = [0, 1, 125, 126, 65_535, 65_536, 1_000_000];

function bytesOf(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let index = 0; index < size; index += 1) bytes[index] = (index * 31 + 7) & 0xff;
  return bytes;
}

/** Text and binary in turn; each says its place. */
function mixed(count: number): (string | Buffer)[] {
  return Array.from({ length: count }, (_, index) =>
    index % 3 === 1 ? Buffer.from(`bytes ${index}`) : `text ${index} €`,
  );
}

export const messages = suite("messages", (behaves, mode) => {
  behaves("text arrives at the server as it was", async (world) => {
    const { client, server } = await world.client();
    for (const text of texts) client.send(text);
    expect(await server.take(texts.length)).toEqual(texts);
  });

  behaves("text arrives at the client as it was", async (world) => {
    const { client, server } = await world.client();
    for (const text of texts) server.socket.send(text);
    expect(await client.take(texts.length)).toEqual(texts);
  });

  behaves("an empty text is an empty text to the server's listener", async (world) => {
    const { client, server } = await world.client();
    client.send("");
    expect(await server.next()).toBe("");
  });

  behaves("an empty text is a bare type on the wire", async (world) => {
    const { client, server } = await world.open();
    server.socket.send("");
    expect(await client.next()).toBe("4");
  });

  behaves(
    "binary of 0 bytes to 1 MB arrives at the server as it was",
    { maxHttpBufferSize: 2_000_000 },
    async (world) => {
      const { client, server } = await world.client();
      for (const size of sizes) {
        client.send(bytesOf(size));
        const received = await server.next();
        expect(Buffer.isBuffer(received)).toBe(true);
        expect(bytesOf(size).equals(received as Buffer)).toBe(true);
      }
    },
  );

  behaves("binary of 0 bytes to 1 MB arrives at the client as it was", async (world) => {
    const { client, server } = await world.client();
    for (const size of sizes) {
      server.socket.send(bytesOf(size));
      const received = await client.next();
      expect(Buffer.isBuffer(received)).toBe(true);
      expect(bytesOf(size).equals(received as Buffer)).toBe(true);
    }
  });

  behaves("a view of a larger buffer is sent as the view", async (world) => {
    const { client, server } = await world.client();
    server.socket.send(Buffer.from("..view..").subarray(2, 6));
    expect(await client.next()).toEqual(Buffer.from("view"));
  });

  behaves("a thousand mixed messages keep their order both ways", async (world) => {
    const { client, server } = await world.client();
    server.echo();
    const sent = mixed(1000);
    for (const message of sent) client.send(message);
    const [there, back] = await Promise.all([server.take(1000), client.take(1000)]);
    expect(there).toEqual(sent);
    expect(back).toEqual(sent);
  });

  behaves("messages of many turns keep their order", async (world) => {
    const { client, server } = await world.client();
    const sent = mixed(60);
    for (const message of sent) {
      server.socket.send(message);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.take(60)).toEqual(sent);
  });

  behaves("nothing is lost, doubled or reordered while the session begins", async (world) => {
    const client = world.startClient();
    const server = await world.connection();
    await client.opened;
    const sent = mixed(200);
    for (const message of sent) {
      server.socket.send(message);
      client.send(message);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(await client.take(200)).toEqual(sent);
    expect(await server.take(200)).toEqual(sent);
    expect([...client.messages.pending, ...server.messages.pending]).toEqual([]);
  });

  behaves("10 MB pass where the limit allows it", { maxHttpBufferSize: 20_000_000 }, async (world) => {
    const { client, server } = await world.client();
    server.echo();
    const large = "x€".repeat(2_500_000);
    client.send(large);
    expect((await server.next()) === large).toBe(true);
    expect((await client.next()) === large).toBe(true);
  });

  behaves("a message may ask not to be compressed", async (world) => {
    const { client, server } = await world.open();
    server.socket.send("a");
    server.socket.send("b", { compress: false });
    expect([await client.next(), await client.next()]).toEqual(["4a", "4b"]);
  });

  behaves("the events of a message come in the order of the documentation", async (world) => {
    const { client, server } = await world.open();
    const events: unknown[] = [];
    const { socket } = server;
    socket.on("packet", (packet: { type: string; data?: unknown }) => events.push(["packet", packet.type]));
    socket.on("data", (data: unknown) => events.push(["data", data]));
    socket.on("message", (data: unknown) => events.push(["message", data]));
    await client.send("4hi");
    await server.next();
    expect(events).toEqual([
      ["packet", "message"],
      ["data", "hi"],
      ["message", "hi"],
    ]);
  });

  behaves("an outgoing packet is announced, flushed and drained", async (world) => {
    const { client, server } = await world.open();
    const events: string[] = [];
    const { socket } = server;
    for (const event of ["packetCreate", "flush", "drain"]) socket.on(event, () => events.push(event));
    for (const event of ["flush", "drain"]) world.engine.on(event, () => events.push(`engine ${event}`));
    socket.send("hi");
    expect(await client.next()).toBe("4hi");
    expect(events.toSorted()).toEqual(["drain", "engine drain", "engine flush", "flush", "packetCreate"]);
    expect(events[0]).toBe("packetCreate");
  });

  behaves("who sends may be told when it has left, in the order of sending", async (world) => {
    const { client, server } = await world.client();
    const told: number[] = [];
    const all = called<[]>("the last message to have left");
    for (const index of [1, 2, 3, 4]) {
      server.socket.send(`m${index}`, {}, () => {
        told.push(index);
        if (index === 4) all.fn();
      });
    }
    expect(await client.take(4)).toEqual(["m1", "m2", "m3", "m4"]);
    await all.args;
    expect(told).toEqual([1, 2, 3, 4]);
  });

  if (mode.path === "polling") {
    behaves("who sends is not told of what never left", async (world) => {
      const { server } = await world.polling();
      const told: string[] = [];
      server.socket.on("close", () => void server.socket.send("late", {}, () => told.push("late")));
      server.socket.send("discarded", {}, () => told.push("discarded"));
      server.socket.close(true);
      await server.ended;
      expect(told).toEqual([]);
    });
  }

  behaves("nothing is sent on a session that is closed", async (world) => {
    const { server } = await world.open();
    server.socket.close(true);
    expect((await server.ended).reason).toBe("forced close");
    expect(() => server.socket.send("late")).not.toThrow();
  });
});
