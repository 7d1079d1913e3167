import {
  InMemoryAdapter,
  inMemoryAdapter,
  type LocalSockets,
  RecoverableInMemoryAdapter,
  recoverableInMemoryAdapter,
} from "@skein/adapter";
import { Encoder, type Packet } from "@skein/parser";
import { eventPacket, FakeLocalSockets, whom } from "@skein/testkit";
import { Adapter, type BroadcastOptions, SessionAwareAdapter } from "socket.io-adapter";
import { describe, expect, test } from "vitest";
import { adapterFactoryOf, type AdapterChoice } from "../../src/compat/third-party-adapter.ts";
import type { ErrorReport } from "../../src/index.ts";
import { next, World } from "../support/world.ts";

/** A minimal adapter of an application: it counts broadcasts, and joins asynchronously. */
class CountingAdapter extends Adapter {
  broadcasts = 0;

  override async addAll(id: string, rooms: Set<string>): Promise<void> {
    await super.addAll(id, rooms);
  }

  override broadcast(packet: unknown, options: BroadcastOptions): void {
    this.broadcasts++;
    super.broadcast(packet, options);
  }
}

class FailingAdapter extends Adapter {
  // oxlint-disable-next-line typescript/no-misused-promises -- as the published cluster adapters do
  override broadcast(): Promise<void> {
    return Promise.reject(new Error("the bus is down"));
  }
}

class CountingEncoder extends Encoder {
  encodings = 0;

  override encode(packet: Packet): ReturnType<Encoder["encode"]> {
    this.encodings++;
    return super.encode(packet);
  }
}

/** An adapter on a namespace without a server. */
function alone(choice: AdapterChoice): { local: FakeLocalSockets; encoder: CountingEncoder } {
  const encoder = new CountingEncoder();
  const host = { encoder, opts: { connectionStateRecovery: undefined }, failed: () => {} };
  return { local: new FakeLocalSockets(adapterFactoryOf(choice, host)), encoder };
}

describe("An adapter is made", () => {
  test("with new, from a class", async () => {
    const { io } = await World.start({ adapter: CountingAdapter });
    expect(io.of("/").adapter).toBeInstanceOf(CountingAdapter);
    expect(io.adapter()).toBe(CountingAdapter);
  });

  test("with new, from a function that returns it", async () => {
    const { io } = await World.start();
    function make(nsp: unknown): CountingAdapter {
      return new CountingAdapter(nsp);
    }
    io.adapter(make);
    expect(io.of("/").adapter).toBeInstanceOf(CountingAdapter);
    expect(io.of("/later").adapter).toBeInstanceOf(CountingAdapter);
  });

  test("with new, from a proxy that traps it", async () => {
    const made: unknown[] = [];
    const proxy = new Proxy(CountingAdapter, {
      construct(target, args: [unknown]) {
        const adapter = new target(...args);
        made.push(adapter);
        return adapter;
      },
    });
    const { io } = await World.start({ adapter: proxy });
    expect(made).toEqual([io.of("/").adapter]);
  });

  test("by a call, from an arrow function, on the namespace itself", async () => {
    const given: LocalSockets[] = [];
    const { io } = await World.start({
      adapter: (local) => {
        given.push(local);
        return new InMemoryAdapter(local);
      },
    });
    expect(given).toEqual([io.of("/")]);
    expect(io.of("/").adapter).toBeInstanceOf(InMemoryAdapter);
  });

  test("by a call, from Skein's own factories", () => {
    expect(alone(inMemoryAdapter()).local.adapter).toBeInstanceOf(InMemoryAdapter);
    expect(alone(recoverableInMemoryAdapter()).local.adapter).toBeInstanceOf(RecoverableInMemoryAdapter);
  });

  test("from nothing that is no function", async () => {
    const { io } = await World.start();
    const wrong = {} as unknown as AdapterChoice;
    expect(() => io.adapter(wrong)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });

  test("from a class of Skein's too, and that delivers", async () => {
    const world = await World.start({ adapter: InMemoryAdapter });
    const client = await world.client();
    client.on("question", (ack) => ack("answer"));
    const hi = next(client, "hi");
    world.io.emit("hi", 1);
    expect(await hi).toEqual([1]);
    expect(await world.io.timeout(8000).emitWithAck("question")).toEqual(["answer"]);
    expect(await world.io.fetchSockets()).toEqual([world.socketOf(client)]);
  });
});

describe("An adapter on the published base class", () => {
  test("serves rooms, broadcasts and acknowledgements", async () => {
    const world = await World.start({ adapter: CountingAdapter });
    const [one, other] = [await world.client(), await world.client()];
    await world.socketOf(one).join("room");
    one.on("sum", (a, b, ack) => ack(a + b));
    const heard = next(one, "hello");
    world.socketOf(other).to("room").emit("hello", Buffer.from("bytes"));
    expect(await heard).toEqual([Buffer.from("bytes")]);
    expect(await world.io.to("room").timeout(8000).emitWithAck("sum", 1, 2)).toEqual([3]);
    expect((world.io.of("/").adapter as unknown as CountingAdapter).broadcasts).toBe(1);
  });

  test("is what the application sees: its rooms, its events and its own members", async () => {
    const world = await World.start({ adapter: CountingAdapter });
    const { adapter } = world.io.of("/");
    const joined: unknown[] = [];
    adapter.on("join-room", (...args) => joined.push(args));
    const client = await world.client();
    await world.socketOf(client).join("room");
    expect(joined).toEqual([
      [client.id, client.id],
      ["room", client.id],
    ]);
    expect(adapter.rooms.get("room")).toEqual(new Set([client.id]));
    expect(adapter.sids.get(client.id ?? "")).toEqual(new Set([client.id, "room"]));
  });

  test("makes join and leave return what it returns", async () => {
    const world = await World.start({ adapter: CountingAdapter });
    const socket = world.socketOf(await world.client());
    expect(socket.join("room")).toBeInstanceOf(Promise);
    expect(socket.leave("room")).toBeUndefined();
  });

  test("tells each socket's watchers of outgoing packets once", async () => {
    const world = await World.start({ adapter: CountingAdapter });
    const client = await world.client();
    const seen: unknown[] = [];
    world.socketOf(client).onAnyOutgoing((...event: unknown[]) => seen.push(event));
    const heard = next(client, "seen");
    world.io.emit("seen", 1);
    await heard;
    expect(seen).toEqual([["seen", 1]]);
  });

  test("has its rejections reported, and nobody dies of them", async () => {
    const world = await World.start({ adapter: FailingAdapter });
    const report = new Promise<ErrorReport>((resolve) => world.io.onError(resolve));
    expect(world.io.of("/here").emit("hello")).toBe(true);
    expect(await report).toMatchObject({ source: "adapter", namespace: "/here" });
  });

  test("encodes a broadcast once, and hands every socket the same prepared message", () => {
    const { local, encoder } = alone(Adapter);
    const sockets = ["a", "b", "c"].map((id) => local.connect(id));
    local.adapter.broadcast(eventPacket("hello"), whom());
    expect(encoder.encodings).toBe(1);
    expect(sockets.map(({ received }) => received)).toEqual(sockets.map(() => [["hello"]]));
    expect(new Set(sockets.map(({ deliveries }) => deliveries[0]?.encoded)).size).toBe(1);
  });

  test("keeps its hands off what flags say", () => {
    const { local } = alone(Adapter);
    const socket = local.connect("a");
    local.adapter.broadcast(eventPacket("hello"), whom([], [], { volatile: true, compress: false }));
    expect(socket.deliveries[0]?.flags).toMatchObject({ volatile: true, compress: false });
  });

  test("waits for no acknowledgement after its time", async () => {
    const { local } = alone(Adapter);
    const socket = local.connect("a");
    const counts: number[] = [];
    local.adapter.broadcastWithAck(
      eventPacket("q"),
      whom([], [], { timeout: 1 }),
      (n) => counts.push(n),
      () => {},
    );
    expect([counts, socket.pendingAcks]).toEqual([[1], 1]);
    await socket.untilNoAckIsExpected();
    expect(socket.pendingAcks).toBe(0);
  });

  test("gets a list of its own for events between servers", () => {
    class Emptying extends Adapter {
      override serverSideEmit(args: unknown[]): void {
        args.length = 0;
      }
    }
    const { local } = alone(Emptying);
    const args = ["event", () => {}];
    local.adapter.serverSideEmit(args);
    expect(args).toHaveLength(2);
  });

  test("can walk over the sockets of its namespace", () => {
    const seen: unknown[] = [];
    class Walking extends Adapter {
      override init(): void {
        const { sockets } = this.nsp as { sockets: ReadonlyMap<string, { id: string }> };
        sockets.forEach((socket, id) => seen.push([id, socket.id]));
        seen.push(
          sockets.size,
          [...sockets].length,
          [...sockets.values()].map(({ id }) => id),
          [...sockets.keys()],
        );
        seen.push(sockets.get("a") === [...sockets.values()][0], sockets.has("b"), sockets.get("b"));
      }
    }
    const { local } = alone(Walking);
    local.connect("a");
    void local.adapter.init();
    expect(seen).toEqual([["a", "a"], 1, 1, ["a"], ["a"], true, false, undefined]);
  });

  test("brings clients back with what they missed, if it can", async () => {
    const world = await World.start({ adapter: SessionAwareAdapter, connectionStateRecovery: {} });
    const client = await world.client("/", { reconnection: true, reconnectionDelay: 50 });
    const { id } = client;
    await world.socketOf(client).join("room");
    world.socketOf(client).data = { user: "Ada" };
    const first = next(client, "first");
    world.io.emit("first");
    await first;
    const back = new Promise((resolve) => world.io.once("connection", resolve));
    const missed = next(client, "missed");
    const gone = new Promise((resolve) => world.socketOf(client).once("disconnect", resolve));
    client.io.engine.close();
    await gone;
    world.io.to("room").emit("missed", 1);
    expect(await back).toMatchObject({ id, recovered: true, data: { user: "Ada" } });
    expect((await missed)[0]).toBe(1);
    expect(client.recovered).toBe(true);
    expect(world.socketOf(client).rooms).toEqual(new Set([id, "room"]));
  });
});
