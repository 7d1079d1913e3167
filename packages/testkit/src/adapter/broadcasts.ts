import type { AdapterFactory, BroadcastOptions } from "@skein/adapter";
import { expect, it } from "vitest";
import { FakeLocalSockets } from "../fakes/fake-local-sockets.ts";
import { eventPacket, settled, whom } from "./packets.ts";

/** Tests of the receivers of broadcasts and the order of delivery. */
export function broadcastSuite(createAdapter: AdapterFactory): void {
  /** Ids of the sockets that received an event sent to `options`, in the order of delivery. */
  async function reached(local: FakeLocalSockets, options: BroadcastOptions): Promise<string[]> {
    const order: string[] = [];
    for (const socket of local.sockets.values()) socket.onDeliver = () => order.push(socket.id);
    local.adapter.broadcast(eventPacket("hello"), options);
    await settled();
    return order;
  }

  function crowd(): FakeLocalSockets {
    const local = new FakeLocalSockets(createAdapter);
    local.connect("a", "red");
    local.connect("b", "red", "blue");
    local.connect("c", "blue");
    local.connect("d");
    return local;
  }

  it("reaches everybody when no room is named", async () => {
    expect(await reached(crowd(), whom())).toEqual(["a", "b", "c", "d"]);
  });

  it("reaches the members of one room", async () => {
    expect(await reached(crowd(), whom(["blue"]))).toEqual(["b", "c"]);
    expect(await reached(crowd(), whom(["d"]))).toEqual(["d"]);
    expect(await reached(crowd(), whom(["nowhere"]))).toEqual([]);
  });

  it("reaches a member of several rooms once, room by room", async () => {
    expect(await reached(crowd(), whom(["blue", "red"]))).toEqual(["b", "c", "a"]);
  });

  it("leaves out the members of excepted rooms, whatever else they are in", async () => {
    expect(await reached(crowd(), whom([], ["red"]))).toEqual(["c", "d"]);
    expect(await reached(crowd(), whom(["red", "d"], ["blue"]))).toEqual(["a", "d"]);
    expect(await reached(crowd(), whom(["red"], ["a", "nowhere"]))).toEqual(["b"]);
  });

  it("passes over sockets that are in rooms but not connected", async () => {
    const local = crowd();
    void local.adapter.addAll("in-middlewares", new Set(["in-middlewares", "red"]));
    expect(await reached(local, whom(["red"]))).toEqual(["a", "b"]);
    expect(await reached(local, whom())).toEqual(["a", "b", "c", "d"]);
  });

  it("encodes once, however many receive", async () => {
    const local = crowd();
    local.adapter.broadcast(eventPacket("hello", 1), whom());
    await settled();
    expect(local.encodings).toBe(1);
    const encoded = new Set([...local.sockets.values()].map((socket) => socket.deliveries[0]?.encoded));
    expect(encoded.size).toBe(1);
  });

  it("hands the flags to the sockets", async () => {
    const local = crowd();
    local.adapter.broadcast(eventPacket("hello"), whom(["d"], [], { volatile: true, compress: false }));
    await settled();
    expect(local.sockets.get("d")?.deliveries[0]?.flags).toMatchObject({ volatile: true, compress: false });
  });

  it("keeps the order of its packets", async () => {
    const local = crowd();
    const options = [whom(["red"]), whom(), whom(["a"]), whom(["blue", "red"])];
    for (const [index, option] of options.entries()) local.adapter.broadcast(eventPacket("n", index), option);
    await settled();
    expect(local.sockets.get("a")?.received.map((data) => data[1])).toEqual([0, 1, 2, 3]);
  });

  it("passes over whoever was disconnected before his turn", async () => {
    const local = crowd();
    const order: string[] = [];
    for (const socket of local.sockets.values()) {
      socket.onDeliver = () => {
        order.push(socket.id);
        local.sockets.get("b")?.disconnect();
      };
    }
    local.adapter.broadcast(eventPacket("hello"), whom());
    await settled();
    expect(order).toEqual(["a", "c", "d"]);
  });

  it("comes to an end when receivers leave the room and join it again", async () => {
    const local = crowd();
    for (const socket of local.sockets.values()) {
      socket.onDeliver = () => {
        if (socket.deliveries.length > 10) throw new Error("there is no end to it");
        void socket.leave("red");
        void socket.join("red");
      };
    }
    local.adapter.broadcast(eventPacket("hello"), whom(["red"]));
    await settled();
    expect([...local.sockets.values()].map((socket) => socket.deliveries.length)).toEqual([1, 1, 0, 0]);
  });
}
