import { RedisAdapter } from "@socket.io/redis-adapter";
import { describe, expect, test } from "vitest";
import { Cluster } from "./support/cluster.ts";
import { RedisFabric, redisService } from "./support/redis.ts";
import { isThere } from "./support/service.ts";
import { clusterSuite } from "./support/suite.ts";

const there = await isThere(redisService);

describe.runIf(there)("Two nodes on Redis", () => {
  clusterSuite(() => new RedisFabric(), ["skein", "skein"]);

  test("users see the official adapter, with all that only it can do", async () => {
    const cluster = new Cluster(new RedisFabric());
    try {
      const [one, other] = [await cluster.add("skein"), await cluster.add("skein")];
      const [near, far] = [await one.peer(), await other.peer()];
      await far.socket.join("far room");
      const adapter: unknown = one.io.of("/").adapter;
      expect(adapter).toBeInstanceOf(RedisAdapter);
      const rooms = await (adapter as RedisAdapter).allRooms();
      expect(rooms).toEqual(new Set([near.id, far.id, "far room"]));
    } finally {
      await cluster.close();
    }
  });
});

describe.runIf(there)("Three nodes on Redis", () => {
  clusterSuite(() => new RedisFabric(), ["skein", "skein", "skein"]);
});

describe.runIf(there)("Two nodes on µWebSockets.js and Redis", () => {
  clusterSuite(() => new RedisFabric(), ["skein on µWebSockets.js", "skein on µWebSockets.js"]);
});
