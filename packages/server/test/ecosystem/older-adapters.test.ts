import { Adapter as CurrentAdapter } from "socket.io-adapter";
import { Adapter } from "socket.io-adapter-2.2";
import { expect, test } from "vitest";
import { once } from "../behaviour/waiting.ts";
import type { ErrorReport, ThirdPartyAdapterClass } from "../../src/index.ts";
import { next, World } from "../support/world.ts";

test("an adapter that extends the base class of Socket.IO 3 and 4.0 delivers to rooms", async () => {
  const adapter = Adapter as unknown as ThirdPartyAdapterClass;
  const world = await World.start({ adapter, connectionStateRecovery: {} });
  const [first, second] = [await world.client(), await world.client()];
  void world.socketOf(first).join("room");
  const heard: unknown[] = [];
  second.onAny((name) => heard.push(name));
  const news = next(first, "news");
  const end = next(second, "end");
  world.io.to("room").emit("news", Buffer.from([1]), "text");
  world.io.except("room").emit("end");
  expect(await news).toEqual([Buffer.from([1]), "text"]);
  await end;
  expect(heard).toEqual(["end"]);
  const [third, fourth] = [next(first, "third"), next(second, "third")];
  world.socketOf(first).emit("third", 1);
  world.io.local.emit("third", 2);
  expect([await third, await fourth]).toEqual([[1], [2]]);
});

test("such an adapter keeps no sessions: whoever loses a connection is a new socket, and leaves nothing", async () => {
  const adapter = Adapter as unknown as ThirdPartyAdapterClass;
  const world = await World.start({ adapter, connectionStateRecovery: {} });
  const client = await world.client("/", { reconnection: true, reconnectionDelay: 1 });
  const socket = world.socketOf(client);
  const again = next(client, "connect");
  socket.conn.close();
  await again;
  expect(client.recovered).toBe(false);
  expect([...world.io.sockets.adapter.rooms.keys()]).toEqual([client.id]);
});

test("an adapter that throws while a socket ends is reported, and the socket ends all the same", async () => {
  const cause = new Error("the store is gone");
  class FailingAdapter extends CurrentAdapter {
    override persistSession(): never {
      throw cause;
    }

    override delAll(id: string): never {
      super.delAll(id);
      throw cause;
    }
  }
  const world = await World.start({ adapter: FailingAdapter, connectionStateRecovery: {} });
  const reports: ErrorReport[] = [];
  world.io.onError((report) => reports.push(report));
  const client = await world.client();
  const socket = world.socketOf(client);
  const gone = once(socket, "disconnect");
  socket.conn.close();
  await gone;
  expect(reports).toMatchObject([
    { source: "adapter", namespace: "/", cause },
    { source: "adapter", namespace: "/", cause },
  ]);
  expect(world.io.sockets.sockets.size).toBe(0);
});
