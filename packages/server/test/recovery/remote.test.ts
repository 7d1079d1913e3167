import { type AdapterFactory, type LocalSockets, recoverableInMemoryAdapter } from "@skein/adapter";
import { describe, expect, test } from "vitest";
import { until } from "../behaviour/waiting.ts";
import { hostNames, World } from "../support/world.ts";
import { arrival, comeBack, dataOf, Gate, interrupted, options } from "./support.ts";

/** Something that waits until the test lets it go on. */
class Pause {
  readonly #waiting: ((error?: Error) => void)[] = [];

  get waiting(): number {
    return this.#waiting.length;
  }

  wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  async reached(): Promise<void> {
    await until(() => this.#waiting.length > 0, "the adapter to be asked");
  }

  goOn(error?: Error): void {
    this.#waiting.shift()?.(error);
  }
}

/** An adapter with remote sessions and a remote log: both are read asynchronously. */
class RemoteStore {
  readonly restoring = new Pause();
  readonly fetching = new Pause();
  released = 0;
  /** The namespace, as the adapter sees it. */
  local: LocalSockets | undefined;

  readonly adapter: AdapterFactory = (local) => {
    this.local ??= local;
    const adapter = recoverableInMemoryAdapter()(local);
    const restore = adapter.restoreSession.bind(adapter);
    adapter.restoreSession = async (pid, offset) => {
      await this.restoring.wait();
      const reservation = await restore(pid, offset);
      if (reservation === null) return null;
      return {
        session: reservation.session,
        fetch: () => this.fetching.wait(),
        take: (rooms) => reservation.take(rooms),
        release: () => {
          this.released += 1;
          reservation.release();
        },
      };
    };
    return adapter;
  };
}

async function start(host: (typeof hostNames)[number]): Promise<{ world: World; store: RemoteStore }> {
  const store = new RemoteStore();
  return { world: await World.start({ ...options, adapter: store.adapter }, host), store };
}

describe.each(hostNames)("on %s, with an adapter that has to wait, a client that comes back", (host) => {
  test("gets what is sent while its session is looked for, while a middleware decides, and while the log is read", async () => {
    const { world, store } = await start(host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    const raw = await comeBack(world, life);
    await store.restoring.reached();
    world.io.emit("while it is looked for");
    store.restoring.goOn();
    await gate.asked(1);
    world.io.emit("while a middleware decides");
    gate.decide();
    await store.fetching.reached();
    world.io.emit("while the log is read");
    store.fetching.goOn();
    expect(await arrival(raw)).toEqual({
      events: ["while it is looked for", "while a middleware decides", "while the log is read"],
      sid: life.sid,
    });
    world.io.emit("live");
    expect(dataOf(await raw.next())[0]).toBe("live");
  });

  test("twice at once is let in on the newest connection, however long the first is looked for", async () => {
    const { world, store } = await start(host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    const older = await comeBack(world, life);
    await store.restoring.reached();
    const newest = await comeBack(world, life);
    expect((await older.closed()).reason).toBe("recovered on another connection");
    store.restoring.goOn();
    await store.restoring.reached();
    store.restoring.goOn();
    expect(await gate.asked(1)).toMatchObject({ id: life.sid, recovered: true });
    expect(world.io.sockets.adapter.sids.get(life.sid)).toEqual(new Set([life.sid, "room"]));
    gate.decide();
    await store.fetching.reached();
    store.fetching.goOn();
    expect((await arrival(newest)).sid).toBe(life.sid);
  });

  test("and is lost while the log is read may come back with the same session", async () => {
    const { world, store } = await start(host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    const lost = await comeBack(world, life);
    await store.restoring.reached();
    store.restoring.goOn();
    await gate.asked(1);
    gate.decide();
    await store.fetching.reached();
    world.io.emit("missed");
    lost.socket.terminate();
    await until(() => store.released === 1, "the session to be given back");
    store.fetching.goOn();
    const raw = await comeBack(world, life);
    await store.restoring.reached();
    store.restoring.goOn();
    await gate.asked(2);
    gate.decide();
    await store.fetching.reached();
    store.fetching.goOn();
    expect(await arrival(raw)).toEqual({ events: ["missed"], sid: life.sid });
  });

  test("and is lost while it is looked for leaves nothing behind, and may come back", async () => {
    const { world, store } = await start(host);
    const life = await interrupted(world);
    const lost = await comeBack(world, life);
    await store.restoring.reached();
    lost.socket.terminate();
    await until(() => world.io.engine.clientsCount === 0, "the connection to end");
    store.restoring.goOn();
    await until(() => store.released === 1, "the session to be given back");
    expect(world.io.sockets.adapter.sids.size).toBe(0);
    const raw = await comeBack(world, life);
    await store.restoring.reached();
    store.restoring.goOn();
    await store.fetching.reached();
    store.fetching.goOn();
    expect((await arrival(raw)).sid).toBe(life.sid);
  });

  test("is a new client where the log can't be read, and the middlewares are asked anew", async () => {
    const { world, store } = await start(host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    const raw = await comeBack(world, life);
    await store.restoring.reached();
    store.restoring.goOn();
    await gate.asked(1);
    gate.decide();
    await store.fetching.reached();
    store.fetching.goOn(new Error("the log is away"));
    const socket = await gate.asked(2);
    expect(socket.recovered).toBe(false);
    gate.decide();
    expect(await arrival(raw)).toEqual({ events: [], sid: socket.id });
  });

  test("is a new client where its session can't be looked for", async () => {
    const { world, store } = await start(host);
    const life = await interrupted(world);
    const raw = await comeBack(world, life);
    await store.restoring.reached();
    store.restoring.goOn(new Error("the store is away"));
    expect((await arrival(raw)).sid).not.toBe(life.sid);
  });

  test("has its session given back when the server closes before it was admitted", async () => {
    const { world, store } = await start(host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    await comeBack(world, life);
    await store.restoring.reached();
    store.restoring.goOn();
    await gate.asked(1);
    expect(store.released).toBe(0);
    void world.io.close();
    await until(() => store.released > 0, "the session to be given back");
  });

  test("ends its connection when another node claims its session, connected or not", async () => {
    const { world, store } = await start(host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    const raw = await comeBack(world, life);
    await store.restoring.reached();
    store.restoring.goOn();
    await gate.asked(1);
    store.local?.surrenderSession(life.pid);
    expect(store.released).toBe(1);
    expect((await raw.closed()).reason).toBe("recovered on another connection");
    const again = await comeBack(world, life);
    await store.restoring.reached();
    store.restoring.goOn();
    await gate.asked(2);
    gate.decide();
    gate.decide();
    await store.fetching.reached();
    store.fetching.goOn();
    expect((await arrival(again)).sid).toBe(life.sid);
    store.local?.surrenderSession(life.pid);
    expect(world.io.sockets.sockets.size).toBe(0);
    expect((await again.closed()).reason).toBe("recovered on another connection");
  });
});
