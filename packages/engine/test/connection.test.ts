import {
  codecFor,
  type Connection,
  EngineConnection,
  type EngineError,
  Counters,
  type OutboxLimits,
  PollingTransport,
  PreparedMessage,
  Server,
  type SessionConfig,
} from "@skein/engine";
import { FakeClock, MemoryExchange, MemoryHost, MemoryTransport } from "@skein/testkit";
import { describe, expect, it } from "vitest";

const CONFIG: SessionConfig = {
  revision: 4,
  pinger: "server",
  pingInterval: 1000,
  pingTimeout: 500,
  upgradeTimeout: 300,
  noopInterval: 100,
  closeTimeout: 2000,
};

const LIMITS: OutboxLimits = { maxOutboxBytes: 1000, outboxPolicy: "close" };

function setUp(limits = LIMITS) {
  const clock = new FakeClock();
  const transport = new MemoryTransport();
  const ended: string[] = [];
  const context = {
    counters: new Counters(),
    onConnectionClosed: () => ended.push("owner"),
    onFlush: () => {},
    onDrain: () => {},
  };
  const { request } = new MemoryExchange({ path: "/" });
  const parts = { id: "id", request, transport, config: CONFIG, limits, clock, context, topics: undefined };
  const connection = new EngineConnection(parts);
  transport.attach(connection);
  connection.open([{ type: "open", data: "{}" }]);
  return { clock, transport, connection, ended };
}

function texts(transport: MemoryTransport): string[][] {
  return transport.sent.map((batch) =>
    batch.map(({ type, data }) => [type, ...(typeof data === "string" ? [data] : [])].join(" ")),
  );
}

describe("a connection", () => {
  it("sends what one turn produced as one batch, at the end of the turn", () => {
    const { clock, transport, connection } = setUp();
    transport.grant();
    transport.grant();
    connection.send("a");
    connection.send("b");
    expect(texts(transport)).toEqual([["open {}"]]);
    clock.turn();
    expect(texts(transport)).toEqual([["open {}"], ["message a", "message b"]]);
  });

  it("keeps what it may not send yet, and says how much", () => {
    const { clock, transport, connection } = setUp();
    transport.grant();
    connection.send("abc");
    connection.send(new Uint8Array(7));
    clock.turn();
    expect([connection.bufferedAmount, connection.transport.writable]).toEqual([10, false]);
    transport.grant();
    expect(texts(transport)[1]).toHaveLength(2);
    transport.bufferedAmount = 3;
    expect(connection.bufferedAmount).toBe(3);
  });

  it("does in order what is asked for while it is busy", () => {
    const { transport, connection, ended } = setUp();
    const order: string[] = [];
    connection.listen({
      onMessage: (data) => {
        order.push(`message ${String(data)}`);
        connection.send("answer");
        connection.close();
        order.push(`state ${connection.readyState}`);
        expect(connection.send("late")).toBe(false);
      },
      onClose: (reason) => order.push(reason),
    });
    transport.grant();
    transport.grant();
    transport.receive({ type: "message", data: "hello" });
    expect(order).toEqual(["message hello", "state closed", "forced close"]);
    expect(texts(transport)).toEqual([["open {}"], ["message answer"]]);
    expect(transport.ending).toBe("closed");
    expect(ended).toEqual(["owner"]);
  });

  it("closes once, tells its listener last, and leaves no alarm behind", () => {
    const { clock, transport, connection, ended } = setUp();
    const told: unknown[] = [];
    connection.listen({ onMessage: () => {}, onClose: (reason) => told.push(reason, [...ended]) });
    connection.on("close", (reason: string) => told.push(`event ${reason}`));
    transport.lose();
    connection.close(true);
    clock.advance(100_000);
    expect(told).toEqual(["transport close", ["owner"], "event transport close"]);
    expect(clock.armed).toBe(0);
  });

  it("goes on with the rest when its listener throws", () => {
    const { transport, connection, ended } = setUp();
    connection.listen({
      onMessage: () => {
        connection.close(true);
        throw new Error("broken");
      },
      onClose: () => ended.push("listener"),
    });
    expect(() => transport.receive({ type: "message", data: "x" })).toThrow("broken");
    expect(ended).toEqual(["owner", "listener"]);
  });

  it("is ended by its heartbeat and by nothing before", () => {
    const { clock, transport, connection } = setUp();
    const told: string[] = [];
    connection.listen({ onMessage: () => {}, onClose: (reason) => told.push(reason) });
    transport.grant();
    transport.grant();
    clock.advance(1000);
    transport.receive({ type: "pong" });
    transport.grant();
    clock.advance(1499);
    expect(texts(transport)).toEqual([["open {}"], ["ping"], ["ping"]]);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(["ping timeout"]);
  });

  it("emits its events in the order of the reference", () => {
    const { clock, transport, connection } = setUp();
    const events: string[] = [];
    for (const name of [
      "packet",
      "packetCreate",
      "data",
      "message",
      "flush",
      "drain",
      "heartbeat",
      "close",
    ]) {
      connection.on(name, () => events.push(name));
    }
    transport.grant();
    transport.grant();
    transport.receive({ type: "message", data: "x" });
    transport.receive({ type: "pong" });
    connection.send("y");
    clock.turn();
    transport.lose();
    expect(events.join(" ")).toBe(
      "flush drain packet data message packet heartbeat packetCreate flush drain close",
    );
  });

  it("stops telling whoever has unsubscribed", () => {
    const { transport, connection } = setUp();
    let calls = 0;
    const count = () => {
      calls += 1;
    };
    connection.on("message", count);
    connection.once("message", count);
    transport.receive({ type: "message", data: "1" });
    connection.off("message", count);
    transport.receive({ type: "message", data: "2" });
    connection.on("message", count);
    connection.removeListener("message", count);
    transport.receive({ type: "message", data: "3" });
    expect(calls).toBe(2);
  });

  it("calls back once a message was handed over, in order, and before that for none", () => {
    const { clock, transport, connection } = setUp();
    transport.grant();
    const called: string[] = [];
    connection.send("a", ({ name }) => called.push(`a ${name}`));
    connection.send("b");
    connection.send("c", { compress: false }, () => called.push("c"));
    clock.turn();
    expect(called).toEqual([]);
    transport.grant();
    expect(called).toEqual([`a ${connection.transport.name}`, "c"]);
    connection.send("d", {}, () => called.push("d"));
    connection.close(true);
    transport.grant();
    clock.turn();
    expect(called).toHaveLength(2);
  });

  it("sends the bytes of every kind of buffer and view, and anything else as text", () => {
    const { connection, transport, clock } = setUp();
    transport.grant();
    transport.grant();
    const { buffer } = Uint8Array.of(0, 1, 2, 3);
    const untyped = [7, undefined] as unknown as string[];
    for (const given of [buffer, new DataView(buffer, 1, 2), new Uint16Array(buffer, 2, 1), ...untyped])
      connection.send(given);
    clock.turn();
    const data = transport.sent.at(-1)?.map((packet) => packet.data);
    expect(data).toEqual([Buffer.of(0, 1, 2, 3), Buffer.of(1, 2), Buffer.of(2, 3), "7", ""]);
  });

  it("shows what was prepared for many as the text or the bytes that it is", () => {
    const { connection } = setUp();
    const created: unknown[] = [];
    connection.on("packetCreate", (packet: never) => created.push(packet));
    connection.send(new PreparedMessage("text"), { compress: false });
    connection.send(new PreparedMessage(Uint8Array.of(1)));
    expect(created).toEqual([
      { type: "message", data: "text", options: { compress: false } },
      { type: "message", data: Buffer.of(1), options: { compress: true } },
    ]);
  });

  it("can be written to in a chain", () => {
    const { clock, transport, connection } = setUp();
    transport.grant();
    transport.grant();
    expect(
      connection
        .write("a")
        .write("b", {})
        .write("c", () => {}),
    ).toBe(connection);
    clock.turn();
    expect(texts(transport).at(-1)).toEqual(["message a", "message b", "message c"]);
  });

  it("with a full outbox takes nothing more, and ends with the turn and not before", () => {
    const { clock, transport, connection, ended } = setUp();
    const causes: unknown[] = [];
    connection.listen({ onMessage: () => {}, onClose: (reason, cause) => causes.push([reason, cause]) });
    while (connection.send("x".repeat(100))) expect(connection.readyState).toBe("open");
    transport.grant();
    transport.grant();
    expect(connection.send("y")).toBe(false);
    expect([connection.readyState, ...ended]).toEqual(["open"]);
    clock.turn();
    expect(causes).toMatchObject([["transport error", { code: "OUTBOX_OVERFLOW" }]]);
    expect(transport.sent.flat().some(({ data }) => data === "y")).toBe(false);
    clock.turn();
    expect(causes).toHaveLength(1);
  });

  it("that is closing is not ended sooner by what it no longer takes", () => {
    const { clock, transport, connection, ended } = setUp();
    transport.grant();
    connection.send("x".repeat(2000));
    connection.close();
    expect(connection.send("late")).toBe(false);
    clock.turn();
    expect(ended).toEqual([]);
    transport.grant();
    expect(texts(transport).at(-1)).toEqual([`message ${"x".repeat(2000)}`]);
    expect(ended).toEqual(["owner"]);
  });

  it("tells the cause of a broken transport", () => {
    const clock = new FakeClock();
    const settings = {
      maxHttpBufferSize: 10,
      maxPacketsPerPayload: 100,
      bodyTimeout: 1000,
      clock,
      httpCompression: false,
      onHeaders: () => {},
      onTooLarge: () => {},
    };
    const transport = new PollingTransport(codecFor(4), settings, false, {});
    const context = {
      counters: new Counters(),
      onConnectionClosed: () => {},
      onFlush: () => {},
      onDrain: () => {},
    };
    const { request } = new MemoryExchange({ path: "/" });
    const connection = new EngineConnection({
      id: "i",
      request,
      transport,
      config: CONFIG,
      limits: LIMITS,
      clock,
      context,
      topics: undefined,
    });
    transport.attach(connection);
    connection.open([]);
    const causes: EngineError[] = [];
    connection.listen({
      onMessage: () => {},
      onClose: (_reason, cause) => causes.push(cause as EngineError),
    });
    transport.onRequest(new MemoryExchange({ path: "/" }));
    transport.onRequest(new MemoryExchange({ path: "/" }));
    expect(causes.map(({ code, side }) => [code, side])).toEqual([["POLL_OVERLAP", "peer"]]);
  });
});

describe("an engine on a host in memory", () => {
  async function open(query = "&EIO=4") {
    const host = new MemoryHost();
    const clock = new FakeClock();
    const engine = new Server({ allowEIO3: true }, clock).attachHost(host);
    const connected = new Promise<Connection>((resolve) => engine.once("connection", resolve));
    const attempt = await host.client.webSocket(`/engine.io/?transport=websocket${query}`);
    if (attempt.kind !== "open") throw new Error(attempt.kind);
    return { host, clock, engine, connection: await connected, webSocket: attempt.webSocket };
  }

  it("needs no time and no network", async () => {
    const { clock, connection, webSocket, engine } = await open();
    expect(await webSocket.messages.next()).toMatch(/^0\{/);
    connection.send("hello");
    clock.turn();
    expect(await webSocket.messages.next()).toBe("4hello");
    clock.advance(25_000);
    expect(await webSocket.messages.next()).toBe("2");
    clock.advance(20_000);
    expect(await webSocket.closed).toEqual({ code: 4408, reason: "ping timeout" });
    expect(engine.clientsCount).toBe(0);
  });

  it("offers native publishing where a publish says the same as a send", async () => {
    const plain = await open();
    expect(plain.connection.topicSubscriber?.bus).toBe(plain.host.topics);
    plain.connection.close(true);
    expect(plain.connection.topicSubscriber).toBeUndefined();
    expect((await open("&EIO=4&b64=1")).connection.topicSubscriber).toBeUndefined();
    expect((await open("&EIO=3")).connection.topicSubscriber).toBeUndefined();
  });

  it("lets an interceptor take requests first", async () => {
    const host = new MemoryHost();
    new Server({}, new FakeClock()).attachHost(host, { path: "/x" }, (exchange) => {
      if (!exchange.request.url.endsWith(".js")) return false;
      exchange.respond({ status: 200, body: "bundle" });
      return true;
    });
    const bundle = await host.client.request({ path: "/x/client.js" }).response;
    expect(bundle.body.toString()).toBe("bundle");
    expect((await host.client.request({ path: "/x/?EIO=4&transport=polling" }).response).status).toBe(200);
  });

  it("opens no session for a handshake that began before it was closed", async () => {
    const host = new MemoryHost();
    const engine = new Server({}, new FakeClock()).attachHost(host);
    engine.generateId = () => {
      engine.close();
      return "late";
    };
    await expect(
      host.client.request({ path: "/engine.io/?EIO=4&transport=polling" }).response,
    ).rejects.toThrow("dropped");
    expect(engine.clientsCount).toBe(0);
  });
});
