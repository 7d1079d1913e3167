import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { type Chat, startChat } from "../src/chat.ts";
import { LIMITS } from "../src/events.ts";

let chat: Chat;
const clients: Socket[] = [];

beforeAll(async () => {
  // Any folder will do for a page that no browser loads.
  chat = await startChat(0, import.meta.dirname);
});

afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});

afterAll(() => chat.close());

function open(auth: Record<string, unknown>): Socket {
  const client = io(chat.url, { auth, forceNew: true, reconnection: false, transports: ["websocket"] });
  clients.push(client);
  return client;
}

async function enter(name: string, room: string): Promise<Socket> {
  const client = open({ name, room });
  await arrival(client, "entered");
  return client;
}

function arrival(client: Socket, event: string): Promise<unknown[]> {
  return new Promise((resolve) => {
    client.once(event, (...args: unknown[]) => resolve(args));
  });
}

it.each([
  {},
  { name: "Ann" },
  { name: "", room: "Lobby" },
  { name: "   ", room: "Lobby" },
  { name: { toString: "Ann" }, room: "Lobby" },
  { name: ["Ann"], room: 7 },
  { name: "A".repeat(LIMITS.name + 1), room: "Lobby" },
])("refuses, in plain words, a client that introduces itself with %j", async (auth) => {
  const [error] = await arrival(open(auth), "connect_error");
  expect(error).toMatchObject({ message: "Please choose a name and a room of at most 24 characters each." });
});

const id = "an id";
const picture = { type: "image/png", bytes: Buffer.from("a picture") };
it.each([
  ["nothing", undefined],
  ["null", null],
  ["a number", 7],
  ["text", "hello"],
  ["a list", [id, "hello"]],
  ["no id", { text: "hello" }],
  ["an id that is an object", { id: { $ne: 1 }, text: "hello" }],
  ["an endless id", { id: "i".repeat(LIMITS.id + 1), text: "hello" }],
  ["neither text nor picture", { id, text: " " }],
  ["text that is an object", { id, text: { length: 1 } }],
  ["too long a text", { id, text: "t".repeat(LIMITS.text + 1) }],
  ["a picture without bytes", { id, picture: { type: "image/png" } }],
  ["a picture whose bytes are text", { id, picture: { ...picture, bytes: "bytes" } }],
  ["a picture of a type that can hold scripts", { id, picture: { ...picture, type: "image/svg+xml" } }],
  ["too large a picture", { id, picture: { ...picture, bytes: Buffer.alloc(LIMITS.picture + 1) } }],
])("refuses a draft that is %s, and shows it to nobody", async (_what, draft) => {
  const [ann, bob] = [await enter("Ann", "drafts"), await enter("Bob", "drafts")];
  const seen: unknown[] = [];
  bob.on("message", (message: unknown, confirm: (received: true) => void) => {
    seen.push(message);
    confirm(true);
  });
  expect(await ann.emitWithAck("say", draft)).toEqual({
    ok: false,
    reason: "The server can't take this message.",
  });
  const good = { id: `good ${_what}`, text: "good" };
  expect(await ann.emitWithAck("say", good)).toEqual({ ok: true, reached: 1, others: 1 });
  expect(seen).toEqual([{ ...good, name: "Ann", at: expect.any(Number) }]);
});

it("takes only what it knows from a draft", async () => {
  const [ann, bob] = [await enter("Ann", "fields"), await enter("Bob", "fields")];
  const arrived = arrival(bob, "message");
  ann.emit("say", { id, text: " hello ", name: "Bob", at: 0, extra: "x" }, () => {});
  const [message] = await arrived;
  expect(message).toEqual({ id, text: "hello", name: "Ann", at: expect.any(Number) });
  expect(message).not.toMatchObject({ at: 0 });
});

it("says a draft once, however often it is sent", async () => {
  const ann = await enter("Ann", "twice");
  await ann.emitWithAck("say", { id, text: "hello" });
  await ann.emitWithAck("say", { id, text: "hello" });
  const bob = open({ name: "Bob", room: "twice" });
  const [, history] = await arrival(bob, "entered");
  expect(history).toHaveLength(1);
});

it("survives events without arguments, with wrong ones, and without asking for an answer", async () => {
  const ann = await enter("Ann", "wrong");
  for (const event of ["say", "move", "typing", "unknown", "error"]) {
    for (const args of [[], [null], [7, 7, 7], [{}], [["a"]], [Buffer.from("b")], ["x".repeat(5000)]]) {
      ann.emit(event, ...args);
    }
  }
  ann.emit("say", { id, text: "nobody waits" });
  expect(await ann.emitWithAck("say", { id: "last", text: "still here" })).toMatchObject({ ok: true });
});

it("lets nobody into the room that belongs to another client", async () => {
  const ann = await enter("Ann", "own room");
  const eve = await enter("Eve", "another room");
  eve.emit("move", String(ann.id).slice(0, LIMITS.name));
  await arrival(eve, "entered");
  const seen: string[] = [];
  eve.onAny((event: string) => seen.push(event));
  ann.emit("move", "own room");
  await arrival(ann, "entered");
  await eve.emitWithAck("say", { id, text: "anybody here?" });
  expect(seen).toEqual([]);
});

it("remembers the last fifty messages of a room, with the last five pictures", async () => {
  const ann = await enter("Ann", "history");
  for (let n = 0; n < 60; n += 1) await ann.emitWithAck("say", { id: `text ${n}`, text: String(n) });
  for (let n = 0; n < 7; n += 1) await ann.emitWithAck("say", { id: `picture ${n}`, text: "", picture });
  const bob = open({ name: "Bob", room: "history" });
  const [, history] = await arrival(bob, "entered");
  const ids = Array.isArray(history) ? history.map((message: { id: string }) => message.id) : [];
  expect(ids).toHaveLength(50);
  expect(ids.slice(-5)).toEqual(["picture 2", "picture 3", "picture 4", "picture 5", "picture 6"]);
  expect(ids[44]).toBe("text 59");
});

it("says in one sentence what to do when the port is taken", async () => {
  const other = createServer().listen(0);
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  // Where nothing was built yet, the folder of the page is missing; it is not what this is about.
  await mkdir(new URL("../dist/site/", import.meta.url), { recursive: true });
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  vi.stubEnv("PORT", String(port));
  await import("../src/server.ts");
  expect(process.exitCode).toBe(1);
  process.exitCode = undefined;
  expect(printed.mock.calls).toEqual([
    [`Port ${port} is taken: stop the program that has it, or choose another, as in PORT=${port + 1}.`],
  ]);
  vi.unstubAllEnvs();
  printed.mockRestore();
  other.close();
});
