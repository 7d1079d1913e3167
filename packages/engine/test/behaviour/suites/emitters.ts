import { EventEmitter } from "node:events";
import { expect, suite } from "../suite.ts";
import { once, until } from "../waiting.ts";

interface Packet {
  readonly type: string;
  readonly options?: { readonly compress: boolean };
}

/** Use of engine objects beyond listening to one event (engine-protocol, "Engine objects"). */
export const emitters = suite("connections and transports as emitters", (behaves) => {
  behaves("a connection and its transport are complete event emitters", async (world) => {
    const { server } = await world.open();
    const { socket } = server;
    for (const emitter of [socket, socket.transport] as unknown as EventEmitter[]) {
      expect(emitter).toBeInstanceOf(EventEmitter);
      const before = emitter.listenerCount("custom");
      const heard: string[] = [];
      emitter.addListener("custom", () => heard.push("added"));
      emitter.prependListener("custom", () => heard.push("first"));
      emitter.prependOnceListener("custom", () => heard.push("once"));
      emitter.setMaxListeners(50);
      expect(emitter.emit("custom")).toBe(true);
      expect(emitter.emit("custom")).toBe(true);
      expect(heard).toEqual(["once", "first", "added", "first", "added"]);
      expect([emitter.getMaxListeners(), emitter.listenerCount("custom")]).toEqual([50, before + 2]);
      expect(emitter.eventNames()).toContain("custom");
      expect(emitter.rawListeners("custom")).toHaveLength(2);
      emitter.removeAllListeners("custom");
      expect(emitter.emit("custom")).toBe(false);
    }
    expect(socket.transport).toBe(socket.transport);
  });

  behaves("packetCreate tells how a message is sent", async (world) => {
    const { server } = await world.open();
    const created: Packet[] = [];
    server.socket.on("packetCreate", (packet: Packet) => created.push(packet));
    server.socket.send("plain", { compress: false });
    server.socket.send("usual");
    expect(created).toMatchObject([
      { type: "message", data: "plain", options: { compress: false } },
      { type: "message", data: "usual", options: { compress: true } },
    ]);
  });

  behaves("packetCreate tells of heartbeats too", { pingInterval: 50 }, async (world) => {
    const { client, server } = await world.client();
    const heartbeat = server.socket.protocol === 3 ? "pong" : "ping";
    const created: Packet[] = [];
    server.socket.on("packetCreate", (packet: Packet) => created.push(packet));
    await until(() => created.some(({ type }) => type === heartbeat), `a ${heartbeat}`);
    expect(created.find(({ type }) => type === heartbeat)?.options).toEqual({ compress: true });
    client.close();
  });

  behaves("a transport tells of its packets, of what it has sent, and of its end", async (world) => {
    const { client, server } = await world.client();
    const transport = server.socket.transport as unknown as EventEmitter;
    const events: string[] = [];
    transport.on("packet", ({ type }: Packet) => events.push(`packet ${type}`));
    for (const event of ["drain", "close"]) transport.on(event, () => events.push(event));
    client.send("hi");
    expect(await server.next()).toBe("hi");
    server.socket.send("ho");
    expect(await client.next()).toBe("ho");
    await until(() => events.includes("drain"), "the transport to drain");
    client.close();
    await until(() => events.includes("close"), "the transport to close");
    expect(events).toContain("packet message");
    expect(events.filter((event) => event === "close")).toEqual(["close"]);
  });

  behaves("a polling transport tells of the headers of its responses", async (world) => {
    const { client, server } = await world.polling();
    const events: string[] = [];
    const transport = server.socket.transport as unknown as EventEmitter;
    transport.on("headers", (headers: Record<string, string>, request: { method: string }) => {
      events.push(request.method);
      headers["x-by"] = "transport";
    });
    await client.send("4a");
    server.socket.send("b");
    const { headers: given } = await client.request();
    expect(events).toEqual(["POST", "GET"]);
    expect(given["x-by"]).toBe("transport");
  });

  behaves(
    "the candidate of an upgrade is an emitter, and the former transport tells of its end",
    async (world) => {
      const { client, server } = await world.polling();
      const { socket } = server;
      const former = socket.transport as unknown as EventEmitter;
      const events: string[] = [];
      former.on("close", () => events.push("former close"));
      socket.on("upgrading", (candidate: EventEmitter & { name: string }) => {
        candidate.on("packet", ({ type }: Packet) => events.push(`${candidate.name} ${type}`));
      });
      const candidate = await world.candidate(`&sid=${client.sid}`);
      await candidate.send("2probe");
      await candidate.next();
      const upgraded = once(socket, "upgrade");
      await candidate.send("5");
      await upgraded;
      await candidate.send("4over");
      expect(await server.next()).toBe("over");
      expect(events.at(-1)).toBe("websocket message");
      expect(events.toSorted()).toEqual(["former close", "websocket message", "websocket upgrade"]);
    },
  );
});
