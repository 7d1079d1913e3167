import { describe, expect, test } from "vitest";
import type { Socket } from "../../../src/index.ts";
import { called, once } from "../../behaviour/waiting.ts";
import { next, World } from "../../support/world.ts";
import { Audience } from "../audience.ts";

async function pair() {
  const world = await World.start();
  // On WebSocket: on long-polling, what is volatile is lost whenever no poll is pending.
  const client = await world.client("/", { transports: ["websocket"] });
  const socket: Socket = world.socketOf(client);
  return { client, socket };
}

describe("a socket sends to its client", () => {
  test("binary, uncompressed and volatile events", async () => {
    const { client, socket } = await pair();
    const heard = [next(client, "manifest"), next(client, "sea-chart"), next(client, "wind")];
    const manifest = ["aurora", 7.5, { crew: "twelve", seal: Buffer.from("wax") }];
    expect(socket.emit("manifest", ...manifest)).toBe(true);
    socket.compress(false).emit("sea-chart", "north basin");
    expect(await Promise.all(heard.slice(0, 2))).toEqual([manifest, ["north basin"]]);
    socket.volatile.emit("wind", { knots: 21 });
    expect(await heard[2]).toEqual([{ knots: 21 }]);
  });

  test("a message event with send", async () => {
    const { client, socket } = await pair();
    const heard = next(client, "message");
    expect(socket.send("fog ahead", 1)).toBe(socket);
    expect(await heard).toEqual(["fog ahead", 1]);
  });

  test("an event, and receives the acknowledgement by callback or promise", async () => {
    const { client, socket } = await pair();
    client.on("dock", (pier: string, answer: (text: string) => void) => answer(`docked at ${pier}`));
    const answered = called<[string]>("the acknowledgement");
    socket.emit("dock", "pier-3", answered.fn);
    expect(await answered.args).toEqual(["docked at pier-3"]);
    expect(await socket.emitWithAck("dock", "pier-4")).toBe("docked at pier-4");
    expect(await socket.timeout(8000).emitWithAck("dock", "pier-5")).toBe("docked at pier-5");
    const timed = called<[Error | null, string]>("the acknowledgement in time");
    socket.timeout(8000).emit("dock", "pier-6", timed.fn);
    expect(await timed.args).toEqual([null, "docked at pier-6"]);
  });

  test("an event, and receives an error when the acknowledgement times out", async () => {
    const { socket } = await pair();
    const told = called<[Error]>("the error");
    socket.timeout(50).emit("distress-call", told.fn);
    expect((await told.args)[0]).toBeInstanceOf(Error);
    await expect(socket.timeout(50).emitWithAck("distress-call")).rejects.toThrow("operation has timed out");
  });
});

describe("a socket broadcasts", () => {
  const fleet = { pilot: ["pier-3", "office"], tug: ["pier-3"], ferry: ["quay", "slip"], barge: ["quay"] };
  const horn = [["horn"]];

  test("to all other sockets", async () => {
    const audience = await Audience.of("/", fleet);
    audience.socket("pilot").broadcast.emit("horn");
    expect(await audience.heard()).toEqual({ tug: horn, ferry: horn, barge: horn });
  });

  test("to all other sockets outside a room", async () => {
    const audience = await Audience.of("/", fleet);
    const socket = audience.socket("pilot");
    socket.broadcast.except("pier-3").emit("horn");
    expect(await audience.heard()).toEqual({ ferry: horn, barge: horn });
    socket.except("pier-3").emit("horn");
    expect(await audience.heard()).toEqual({ ferry: horn, barge: horn });
    socket.to("quay").except("slip").emit("horn");
    expect(await audience.heard()).toEqual({ barge: horn });
  });

  test("to rooms and single sockets, never to itself", async () => {
    const audience = await Audience.of("/", fleet);
    const socket = audience.socket("pilot");
    socket.to("office").emit("horn");
    expect(await audience.heard()).toEqual({});
    socket.to("pier-3").to("slip").emit("horn");
    expect(await audience.heard()).toEqual({ tug: horn, ferry: horn });
    socket.in(["pier-3", "slip"]).emit("horn");
    expect(await audience.heard()).toEqual({ tug: horn, ferry: horn });
    socket.to(audience.socket("barge").id).emit("horn");
    socket.to(socket.id).emit("horn");
    expect(await audience.heard()).toEqual({ barge: horn });
  });
});

describe("a socket receives", () => {
  test("events in on and once listeners, with arguments and acknowledgements", async () => {
    const { client, socket } = await pair();
    const heard: unknown[] = [];
    expect(socket.on("tide-table", (...args: unknown[]) => heard.push(args.slice(0, 3)))).toBe(socket);
    socket.once("tide-table", () => heard.push("once"));
    socket.on("soundings", (depth: unknown, answer: (depth: unknown) => void) => answer(depth));
    expect(socket.eventNames()).toEqual(expect.arrayContaining(["tide-table", "soundings"]));
    client.emit("tide-table", 1);
    client.emit("tide-table", 1, 2, 3);
    expect(await client.emitWithAck("soundings", 14)).toBe(14);
    expect(heard).toEqual([[1], "once", [1, 2, 3]]);
  });

  test("no events in removed listeners", async () => {
    const { client, socket } = await pair();
    const heard: string[] = [];
    const ended = () => {
      const end = once(socket, "end");
      client.emit("end");
      return end;
    };
    const removed = () => heard.push("removed");
    socket.on("tide-table", removed).on("tide-table", () => heard.push("all removed"));
    expect(socket.removeListener("tide-table", removed)).toBe(socket);
    client.emit("tide-table");
    await ended();
    expect(socket.removeAllListeners("tide-table")).toBe(socket);
    client.emit("tide-table");
    await ended();
    expect(heard).toEqual(["all removed"]);
  });
});

const listeners = [
  ["onAny", "prependAny", "offAny", "listenersAny"],
  ["onAnyOutgoing", "prependAnyOutgoing", "offAnyOutgoing", "listenersAnyOutgoing"],
] as const;

describe.each(listeners)("the listeners of %s", (add, prepend, remove, list) => {
  test("run in order for every event, and can be listed and removed", async () => {
    const { client, socket } = await pair();
    const logbook: string[] = [];
    const watch = (event: string) => logbook.push(`watch: ${event}`);
    expect(socket[add](watch)).toBe(socket);
    expect(socket[prepend]((event) => logbook.push(`lookout: ${event}`))).toBe(socket);
    expect(socket[list]()).toHaveLength(2);
    expect(socket[list]()[1]).toBe(watch);
    const turn = async () => {
      client.on("outbound", () => client.emit("inbound"));
      const inbound = once(socket, "inbound");
      socket.emit("outbound");
      await inbound;
    };
    await turn();
    const event = add === "onAny" ? "inbound" : "outbound";
    expect(logbook).toEqual([`lookout: ${event}`, `watch: ${event}`]);
    expect(socket[remove](watch)).toBe(socket);
    expect(socket[list]()).toHaveLength(1);
    socket[remove]();
    expect(socket[list]()).toEqual([]);
  });

  test("do not run for acknowledgements", async () => {
    const { client, socket } = await pair();
    client.on("signal", (answer: (text: string) => void) => answer("aye"));
    socket.on("signal", (answer: (text: string) => void) => answer("aye"));
    const told: string[] = [];
    socket[add]((event) => told.push(event));
    expect(await socket.emitWithAck("signal")).toBe("aye");
    expect(await client.emitWithAck("signal")).toBe("aye");
    expect(told).toEqual(["signal"]);
  });
});
