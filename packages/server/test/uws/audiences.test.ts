import { EventEmitter } from "node:events";
import type { Socket } from "@skein/server";
import { io as connect } from "socket.io-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { inTime, once, until } from "../behaviour/waiting.ts";
import { WebSocketWire } from "../behaviour/wire/websocket-wire.ts";
import { CROWD, manyClients, type TestClient, UwsServer } from "./support/party.ts";

async function crowded(options: Parameters<typeof UwsServer.onUws>[0] = {}) {
  const party = await UwsServer.onUws(options);
  onTestFinished(() => party.close());
  return { party, io: party.io, guests: await party.guests(manyClients) };
}

/** What a guest got after the reply to its CONNECT. */
async function heard(guest: TestClient): Promise<string[]> {
  return (await guest.story()).filter((packet) => !/^4?0/.test(packet));
}

describe("A published broadcast", () => {
  test("reaches clients that can't be published to in their own form: revision 3, base64, long-polling", async () => {
    const { party, io, guests } = await crowded();
    const [older, base64, polling] = await party.guests(["older", "base64", "polling"]);
    io.emit("b", Buffer.from([1, 2]));
    expect(party.published.count).toBe(2);
    const head = '51-["b",{"_placeholder":true,"num":0}]';
    expect(await heard(guests[0] as TestClient)).toEqual([`4${head}`, "bytes 0102"]);
    // The type of a message is its first byte; `b` and base64 where there are only texts.
    expect(await heard(older as TestClient)).toEqual([`4${head}`, "bytes 040102"]);
    expect(await heard(base64 as TestClient)).toEqual([`4${head}`, "bAQI="]);
    expect((await heard(polling as TestClient)).slice(0, 2)).toEqual([`4${head}`, "bytes 0102"]);
  });

  test("carries the offset that lets a client come back and get what it missed", async () => {
    const { party, io, guests } = await crowded({ connectionStateRecovery: {} });
    const [leaver] = guests as [TestClient];
    io.emit("before");
    expect(party.published.count).toBe(1);
    const [reply = "", event = ""] = (await leaver.story()).slice(-2);
    const { pid } = JSON.parse(reply.slice(2)) as { pid: string };
    const [name, offset] = JSON.parse(event.slice(2)) as [string, string];
    expect([name, typeof offset]).toEqual(["before", "string"]);
    const left = once(leaver.socket, "disconnect");
    leaver.wire.drop();
    await left;
    io.emit("missed");
    const returned = once(io, "connection");
    const wire = await WebSocketWire.start(party.origin);
    onTestFinished(() => wire.drop());
    await wire.send(`40${JSON.stringify({ pid, offset })}`);
    const [socket] = (await returned) as [Socket];
    expect([socket.id, socket.recovered]).toEqual([leaver.socket.id, true]);
    const packets = [String(await wire.next()), String(await wire.next())].toSorted();
    expect(packets[0]).toMatch(/^40\{/);
    expect(packets[1]).toMatch(/^42\["missed","/);
    io.emit("after");
    expect(String(await wire.next())).toMatch(/^42\["after","/);
  });

  test("of a dynamic namespace and of its parent reaches that namespace, once", async () => {
    const { party, io, guests } = await crowded();
    const parent = io.of(/^\/room-\d$/);
    let arrived = 0;
    parent.on("connection", () => (arrived += 1));
    for (const [index, { wire }] of guests.entries()) {
      await wire.send(index === 0 ? "40/room-2," : "40/room-1,");
    }
    await until(() => arrived === CROWD, "everybody to join");
    io.of("/room-1").emit("child");
    parent.emit("parent");
    const [first, ...others] = await Promise.all(guests.map(heard));
    expect(first?.filter((packet) => packet.startsWith("42"))).toEqual(['42/room-2,["parent"]']);
    for (const other of others) {
      expect(other.filter((packet) => packet.startsWith("42"))).toEqual([
        '42/room-1,["child"]',
        '42/room-1,["parent"]',
      ]);
    }
    expect(party.published.count).toBe(2);
  });

  test("goes to the room of exactly that name, whatever is in it", async () => {
    const { party, io, guests } = await crowded();
    const names = ["a", "a:b", "a\u001fb", "#", "+", "/", "", "é", "1"];
    for (const [index, { socket }] of guests.entries()) void socket.join(names.slice(0, index + 1));
    const everyRoom = ["all", ...names];
    io.socketsJoin("all");
    for (const room of everyRoom) io.to(room).emit("to", room);
    // Rooms may be numbers, which are no strings.
    io.to(1 as unknown as string).emit("to", "a number");
    for (const [index, guest] of guests.entries()) {
      const rooms = ["all", ...names.slice(0, index + 1)];
      expect(await heard(guest)).toEqual(rooms.map((room) => `42${JSON.stringify(["to", room])}`));
    }
    expect(party.published.count).toBeGreaterThanOrEqual(4);
  });

  test("passes by a client that goes away while it joins, or before its upgrade is complete", async () => {
    const { party, io, guests } = await crowded();
    const decisions: (() => void)[] = [];
    io.use((socket, next) => {
      void socket.join("room");
      if (decisions.push(next) > 1) next();
    });
    io.socketsJoin("room");
    io.to("room").emit("opens the topic");
    const joining = await WebSocketWire.start(party.origin);
    await joining.send("40");
    await until(() => decisions.length === 1, "the middleware");
    joining.drop();
    await until(() => io.engine.clientsCount === CROWD, "the client to be gone");
    decisions[0]?.();
    const poller = await party.guest("polling");
    const candidate = await WebSocketWire.candidate(party.origin, poller.wire.sid);
    await candidate.send("2probe");
    expect(await candidate.next()).toBe("3probe");
    const rest = poller.wire.rest();
    poller.socket.disconnect(true);
    io.to("room").emit("meanwhile");
    const closed = candidate.closeCode;
    await candidate.send("5");
    await closed;
    expect((await rest).map(String)).not.toContain('42["meanwhile"]');
    await until(() => io.engine.clientsCount === CROWD, "both to be gone");
    io.to("room").emit("afterwards");
    const expected = ["opens the topic", "meanwhile", "afterwards"].map((event) => `42["${event}"]`);
    for (const guest of guests) expect(await heard(guest)).toEqual(expected);
    expect(io.of("/").adapter.rooms.get("room")?.size).toBe(CROWD);
    expect(party.published.count).toBe(3);
  });
});

/** A codec whose packets are bytes. */
const inBytes = {
  Encoder: class {
    encode(packet: unknown): Buffer[] {
      return [Buffer.from(JSON.stringify(packet))];
    }
  },
  Decoder: class extends EventEmitter {
    add(chunk: Uint8Array): void {
      this.emit("decoded", JSON.parse(Buffer.from(chunk).toString()));
    }

    destroy(): void {}
  },
};

test("what a parser of the application's makes is published as it is, bytes included", async () => {
  const party = await UwsServer.onUws({ parser: inBytes });
  onTestFinished(() => party.close());
  const clients = manyClients.map(() =>
    connect(party.origin, { transports: ["websocket"], forceNew: true, parser: inBytes }),
  );
  for (const client of clients) onTestFinished(() => void client.disconnect());
  await Promise.all(clients.map((client) => once(client, "connect")));
  const all = Promise.all(clients.map((client) => once(client, "news")));
  party.io.emit("news", { deep: [1, "é"] });
  for (const args of await inTime(all, "everybody to hear")) expect(args).toEqual([{ deep: [1, "é"] }]);
  expect(party.published.count).toBe(1);
});
