import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { once } from "../behaviour/waiting.ts";
import { Cluster, type Peer } from "./support/cluster.ts";
import { RedisFabric, redisService } from "./support/redis.ts";
import { isThere } from "./support/service.ts";

const there = await isThere(redisService);

describe.runIf(there)("@socket.io/redis-emitter, beside two nodes", () => {
  let fabric: RedisFabric;
  let cluster: Cluster;
  let outside: Awaited<ReturnType<RedisFabric["emitter"]>>;

  beforeAll(async () => {
    fabric = new RedisFabric();
    cluster = new Cluster(fabric);
    await cluster.add("skein");
    await cluster.add("skein");
    outside = await fabric.emitter();
  });

  afterAll(async () => {
    await outside.leave();
    await cluster.close();
  });

  async function peers(): Promise<[Peer, Peer]> {
    return (await cluster.peers()) as [Peer, Peer];
  }

  test("reaches everybody, rooms and all but rooms, with bytes", async () => {
    const [near, far] = await peers();
    await cluster.join("room", far);
    outside.emitter.to("room").emit("room", Buffer.from([1]));
    outside.emitter.except("room").emit("others", 2);
    outside.emitter.emit("everybody", { three: [3] });
    for (const peer of [near, far]) expect(await peer.hears("everybody")).toEqual([{ three: [3] }]);
    expect(await far.hears("room")).toEqual([Buffer.from([1])]);
    expect(await near.hears("others")).toEqual([2]);
    expect([near.heard("room"), far.heard("others")]).toEqual([0, 0]);
  });

  test("moves sockets, and sends them away", async () => {
    const [near, far] = await peers();
    outside.emitter.in(far.id).socketsJoin("moved");
    outside.emitter.to("moved").emit("you");
    await far.hears("you");
    expect(near.heard("you")).toBe(0);
    const gone = once(far.client, "disconnect");
    outside.emitter.in("moved").disconnectSockets();
    expect((await gone)[0]).toBe("io server disconnect");
    expect(near.socket.connected).toBe(true);
  });

  test("tells the servers", async () => {
    const told = cluster.nodes.map(({ io }) => once(io, "news"));
    outside.emitter.serverSideEmit("news", 1, "two");
    expect(await Promise.all(told)).toEqual([
      [1, "two"],
      [1, "two"],
    ]);
  });
});
