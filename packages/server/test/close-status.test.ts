import { describe, expect, test } from "vitest";
import connectV2 from "socket.io-client-v2";
import { hostNames, type RawClient, World } from "./support/world.ts";

const BROKEN = 1002;
const LATE = 4408;
const NOT_JOINED = { code: BROKEN, reason: "namespace not joined" };

async function joined(world: World): Promise<RawClient> {
  const raw = await world.raw();
  raw.send("40");
  await raw.next();
  return raw;
}

describe.each(hostNames)("on %s a client on a WebSocket is told why it is closed", (host) => {
  test.each([
    ["that sends an event before it has joined a namespace", ['42["early"]'], NOT_JOINED],
    ["that leaves a namespace twice", ["40", "41", "41"], NOT_JOINED],
    ["that sends an event to another namespace", ["40", '42/other,["x"]'], NOT_JOINED],
    ["that joins a namespace twice", ["40", "40"], { code: BROKEN, reason: "namespace joined already" }],
    ["that refuses the server", ["40", '44{"message":"x"}'], { code: BROKEN, reason: "unexpected packet" }],
    ["that sends what is no packet", ["40", "4?"], { code: BROKEN, reason: "parse error" }],
  ])("one %s", async (_title, packets, status) => {
    const world = await World.start({}, host);
    const raw = await world.raw();
    raw.send(...packets);
    expect(await raw.closed()).toEqual(status);
  });

  test("one that joins no namespace in time", async () => {
    const world = await World.start({ connectTimeout: 20 }, host);
    const raw = await world.raw();
    expect(await raw.closed()).toEqual({ code: LATE, reason: "connect timeout" });
  });

  test("one that owes attachments for too long", async () => {
    const world = await World.start({ attachmentTimeout: 20 }, host);
    const raw = await joined(world);
    raw.send('451-["x",{"_placeholder":true,"num":0}]');
    expect(await raw.closed()).toEqual({ code: LATE, reason: "attachment timeout" });
  });

  test("one that the application disconnects", async () => {
    const world = await World.start({}, host);
    const raw = await joined(world);
    world.io.disconnectSockets(true);
    expect(await raw.closed()).toEqual({ code: 1000, reason: "closed by the server" });
  });

  test("one whose session goes on over another connection", async () => {
    const world = await World.start({ connectionStateRecovery: {} });
    const [old, newer] = [await world.raw(), await world.raw()];
    old.send("40");
    const { pid } = JSON.parse((await old.next()).slice(2)) as { pid: string };
    newer.send(`40${JSON.stringify({ pid })}`);
    expect(await old.closed()).toEqual({ code: 1000, reason: "recovered on another connection" });
  });

  test("all, when the server shuts down", async () => {
    const world = await World.start({}, host);
    const [one, other] = [await joined(world), await world.raw()];
    void world.io.close();
    for (const raw of [one, other])
      expect(await raw.closed()).toEqual({ code: 1001, reason: "server shutting down" });
  });

  test("one of revision 3 that goes on in a namespace that does not exist", async () => {
    const world = await World.start({ allowEIO3: true }, host);
    const raw = await world.raw(3);
    expect(await raw.next()).toBe("40");
    raw.send("40/missing,");
    expect(await raw.next()).toMatch(/^44\/missing,/);
    raw.send('42/missing,["x"]');
    expect(await raw.closed()).toEqual(NOT_JOINED);
  });
});

/** What an official client tells of the end of its WebSocket. */
interface Details {
  readonly context: { readonly code: number };
}

describe("the reason of an official client stays what it was, and its details have the status", () => {
  test.each([
    ["io server disconnect", (world: World) => world.io.disconnectSockets(true), undefined],
    ["transport close", (world: World) => void world.io.close(), 1001],
  ])("%s", async (reason, end, code) => {
    const world = await World.start();
    const client = await world.client("/", { transports: ["websocket"] });
    const ended = new Promise<[string, Details | undefined]>((resolve) => {
      client.on("disconnect", (...told) => resolve(told as [string, Details | undefined]));
    });
    end(world);
    const [told, details] = await ended;
    expect([told, details?.context.code]).toEqual([reason, code]);
  });

  test.each([
    ["io server disconnect", (world: World) => world.io.disconnectSockets(true)],
    ["transport close", (world: World) => void world.io.close()],
  ])("%s, for one of the second generation", async (reason, end) => {
    const world = await World.start({ allowEIO3: true });
    const client = connectV2(world.url, { transports: ["websocket"], reconnection: false });
    await new Promise<void>((resolve) => void client.on("connect", resolve));
    const ended = new Promise<string>((resolve) => void client.on("disconnect", resolve));
    end(world);
    expect(await ended).toBe(reason);
  });
});
