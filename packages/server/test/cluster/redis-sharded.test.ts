import { describe } from "vitest";
import { redisService, ShardedRedisFabric } from "./support/redis.ts";
import { isThere } from "./support/service.ts";
import { clusterSuite } from "./support/suite.ts";

const there = await isThere(redisService);

describe.runIf(there)("Two nodes on sharded Redis", () => {
  clusterSuite(() => new ShardedRedisFabric("dynamic"), ["skein", "skein"]);
});

describe.runIf(there)("Three nodes on sharded Redis, with a channel for every socket", () => {
  clusterSuite(() => new ShardedRedisFabric("dynamic-private"), ["skein", "skein", "skein"]);
});

describe.runIf(there)("Two nodes on µWebSockets.js and sharded Redis", () => {
  const two = ["skein on µWebSockets.js", "skein on µWebSockets.js"] as const;
  clusterSuite(() => new ShardedRedisFabric("dynamic"), two);
});
