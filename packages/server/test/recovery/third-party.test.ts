import { Adapter, type BroadcastOptions, SessionAwareAdapter } from "socket.io-adapter";
import { describe, expect, test } from "vitest";
import type { ServerOptions } from "../../src/index.ts";
import { until } from "../behaviour/waiting.ts";
import { hostNames, World } from "../support/world.ts";
import { arrival, comeBack, dataOf, Gate, interrupted, options } from "./support.ts";

interface Session {
  readonly sid: string;
  readonly pid: string;
  readonly rooms: string[];
  readonly data: unknown;
}

interface Entry {
  readonly packet: { type: number; data: unknown[] };
  readonly options: BroadcastOptions;
  readonly offset: string;
}

/**
 * An adapter that behaves like those on a network: a broadcast is logged at once and delivered when
 * the test says so; a session is removed when it is restored.
 */
class LoggingAdapter extends Adapter {
  readonly #log: Entry[] = [];
  readonly #sessions = new Map<string, Session>();
  #delivered = 0;

  override broadcast(packet: Entry["packet"], given: BroadcastOptions): void {
    if (given.flags?.volatile === true) return super.broadcast(packet, given);
    const offset = `offset ${this.#log.length}`;
    const data = [...packet.data, offset];
    this.#log.push({ packet: { ...packet, data }, options: given, offset });
  }

  /** Delivers what was logged. */
  deliver(): void {
    for (; this.#delivered < this.#log.length; this.#delivered++) {
      const entry = this.#log[this.#delivered];
      if (entry !== undefined) super.broadcast(entry.packet, entry.options);
    }
  }

  override persistSession(session: Session): void {
    this.#sessions.set(session.pid, session);
  }

  override async restoreSession(pid: string, offset: string) {
    const session = this.#sessions.get(pid);
    this.#sessions.delete(pid);
    await Promise.resolve();
    const last = this.#log.findIndex((entry) => entry.offset === offset);
    if (session === undefined || last < 0) throw new Error("session or offset not found");
    const missedPackets = this.#log.slice(last + 1).map(({ packet }) => packet.data);
    // The answer takes its way.
    await new Promise(setImmediate);
    return { ...session, missedPackets };
  }
}

function loggingAdapter(world: World): LoggingAdapter {
  return world.io.of("/").adapter as unknown as LoggingAdapter;
}

/** A world whose broadcasts are delivered one turn after they are logged, unless `holds` is set. */
async function start(host: (typeof hostNames)[number]): Promise<World> {
  const adapter = LoggingAdapter as unknown as NonNullable<ServerOptions["adapter"]>;
  const world = await World.start({ ...options, adapter }, host);
  const timer = setInterval(() => loggingAdapter(world).deliver(), 1);
  timer.unref();
  deliveries.set(world, timer);
  return world;
}

const deliveries = new WeakMap<World, NodeJS.Timeout>();

/** From now on nothing is delivered by itself. */
function hold(world: World): void {
  clearInterval(deliveries.get(world));
}

describe.each(hostNames)("on %s, with an adapter written for Socket.IO, a client that comes back", (host) => {
  test("gets what is sent while a middleware decides, in order, before the reply and what follows", async () => {
    const world = await World.start({ ...options, adapter: SessionAwareAdapter }, host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    world.io.emit("before");
    const raw = await comeBack(world, life);
    await gate.asked(1);
    world.io.emit("to all");
    world.io.to("room").emit("to the room");
    world.io.to(life.sid).emit("to it alone");
    world.io.to("elsewhere").emit("not to it");
    world.io.except("room").emit("nor this");
    world.io.volatile.emit("nor what is volatile");
    world.io.timeout(1).emit("nor a question", () => {});
    gate.decide();
    expect(await arrival(raw)).toEqual({
      events: ["before", "to all", "to the room", "to it alone"],
      sid: life.sid,
    });
    world.io.emit("after");
    expect(dataOf(await raw.next())[0]).toBe("after");
  });

  test("gets what the adapter delivers after it has read its log, and nothing twice", async () => {
    const world = await start(host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    hold(world);
    world.io.emit("read");
    const raw = await comeBack(world, life);
    await gate.asked(1);
    world.io.emit("delivered while a middleware decides");
    loggingAdapter(world).deliver();
    gate.decide();
    expect(await arrival(raw)).toEqual({
      events: ["read", "delivered while a middleware decides"],
      sid: life.sid,
    });
  });

  test("gets nothing twice that the adapter delivers only after the admission", async () => {
    const world = await start(host);
    const life = await interrupted(world);
    hold(world);
    world.io.emit("read");
    const raw = await comeBack(world, life);
    expect(await arrival(raw)).toEqual({ events: ["read"], sid: life.sid });
    world.io.emit("live");
    loggingAdapter(world).deliver();
    expect(dataOf(await raw.next())[0]).toBe("live");
  });

  test("and is refused, and then lost, may come back with its session, which the adapter has used up", async () => {
    const world = await start(host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    const refused = await comeBack(world, life);
    await gate.asked(1);
    world.io.emit("missed");
    gate.decide(new Error("no"));
    expect(await refused.next()).toBe('44{"message":"no"}');
    const lost = await comeBack(world, life);
    expect(await gate.asked(2)).toMatchObject({ recovered: true });
    lost.socket.terminate();
    await until(() => world.io.sockets.adapter.sids.size === 0, "the candidate to leave its rooms");
    const raw = await comeBack(world, life);
    await gate.asked(3);
    gate.decide();
    gate.decide();
    expect(await arrival(raw)).toEqual({ events: ["missed"], sid: life.sid });
  });

  test("twice at once is let in on the newest connection, though the first has used the session up", async () => {
    const world = await start(host);
    const life = await interrupted(world);
    const [older, newest] = [await world.raw(), await world.raw()];
    const connect = `40${JSON.stringify({ pid: life.pid, offset: life.offset })}`;
    older.send(connect);
    newest.send(connect);
    const ends = await Promise.race([older.closed().then(() => newest), newest.closed().then(() => older)]);
    expect((await arrival(ends)).sid).toBe(life.sid);
    expect([...world.io.sockets.sockets.keys()]).toEqual([life.sid]);
  });

  test("is a new client where the adapter delivers more than is kept for it meanwhile", async () => {
    const world = await World.start({ ...options, adapter: SessionAwareAdapter }, host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    const raw = await comeBack(world, life);
    await gate.asked(1);
    const large = Buffer.alloc(9 * 1024 * 1024);
    world.io.emit("large", large);
    world.io.emit("large", large);
    gate.decide();
    const socket = await gate.asked(2);
    expect(socket.recovered).toBe(false);
    gate.decide();
    expect(await arrival(raw)).toEqual({ events: [], sid: socket.id });
  });
});
