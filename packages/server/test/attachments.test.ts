import { describe, expect, test } from "vitest";
import { next, World } from "./support/world.ts";

const PLACEHOLDERS = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}';

describe("a packet with attachments", () => {
  test("that never becomes whole ends its connection in time, and no other", async () => {
    const world = await World.start({ attachmentTimeout: 50 });
    world.io.on("connection", (socket) => socket.on("echo", (answer: () => void) => answer()));
    const other = await world.client();
    const raw = await world.raw();
    raw.send("40");
    const { sid } = JSON.parse((await raw.next()).slice(2)) as { sid: string };
    const socket = world.io.sockets.sockets.get(sid);
    const failed = new Promise((resolve) => socket?.on("error", resolve));
    raw.send(`452-["x",${PLACEHOLDERS}]`);
    raw.socket.send(Buffer.from([1]));
    expect(await failed).toMatchObject({ code: "ATTACHMENTS_MISSING", side: "peer" });
    await raw.closed();
    await other.emitWithAck("echo");
  });

  test("that becomes whole in time is no reason to end anything", async () => {
    const world = await World.start({ attachmentTimeout: 300 });
    const raw = await world.raw();
    const whole: unknown[][] = [];
    const quiet = new Promise<void>((resolve) => {
      world.io.on("connection", (socket) => {
        socket.on("x", (...args: unknown[]) => whole.push(args));
        socket.on("done", resolve);
      });
    });
    raw.send("40");
    await raw.next();
    raw.send(`452-["x",${PLACEHOLDERS}]`);
    raw.socket.send(Buffer.from([1]));
    raw.socket.send(Buffer.from([2]));
    // Longer than the deadline of the packet that is whole by then.
    await new Promise((resolve) => setTimeout(resolve, 400));
    raw.send('42["done"]');
    await quiet;
    expect(whole).toEqual([[Buffer.from([1]), Buffer.from([2])]]);
  });

  test("may hold as much as the server's largest messages allow", async () => {
    const world = await World.start({ maxHttpBufferSize: 12_000_000 });
    const arrived = new Promise<Buffer[]>((resolve) => {
      world.io.on("connection", (socket) => socket.on("files", (...files: Buffer[]) => resolve(files)));
    });
    const client = await world.client("/", { transports: ["websocket"] });
    client.emit("files", Buffer.alloc(11_000_000, 1), Buffer.alloc(11_000_000, 2));
    expect((await arrived).map(({ length }) => length)).toEqual([11_000_000, 11_000_000]);
  });

  test.each([0, -1, Number.NaN])("can't have %d milliseconds to become whole", async (attachmentTimeout) => {
    await expect(World.start({ attachmentTimeout })).rejects.toMatchObject({ code: "INVALID_OPTION" });
  });
});

describe("an attachment whose memory is given away", () => {
  test("while a client is gone keeps it from that event only, which is reported", async () => {
    const world = await World.start({ connectionStateRecovery: {} });
    const reports = world.reports();
    const client = await world.client();
    const first = next(client, "first");
    const socket = world.socketOf(client);
    world.io.emit("first");
    await first;
    const left = new Promise((resolve) => socket.once("disconnect", resolve));
    client.io.engine.close();
    await left;
    const bytes = new Uint8Array(4);
    world.io.emit("given away", bytes);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    world.io.emit("kept", Buffer.of(1));
    const kept = next(client, "kept");
    client.connect();
    expect((await kept)[0]).toEqual(Buffer.of(1));
    expect(client.recovered).toBe(true);
    expect(reports).toMatchObject([
      { source: "adapter", event: "given away", cause: { code: "DETACHED_BINARY" } },
    ]);
  });
});
