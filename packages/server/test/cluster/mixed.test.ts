import { describe } from "vitest";
import { RedisFabric, redisService } from "./support/redis.ts";
import { isThere } from "./support/service.ts";
import { clusterSuite } from "./support/suite.ts";

const there = await isThere(redisService);

describe.runIf(there)("A Skein node beside one of socket.io", () => {
  clusterSuite(() => new RedisFabric(), ["skein", "socket.io"]);
});

describe.runIf(there)("A node of socket.io beside one of Skein", () => {
  clusterSuite(() => new RedisFabric(), ["socket.io", "skein"]);
});

describe.runIf(there)("A Skein node on µWebSockets.js beside one of socket.io", () => {
  clusterSuite(() => new RedisFabric(), ["skein on µWebSockets.js", "socket.io"]);
});

describe.runIf(there)("A node of socket.io beside one of Skein on µWebSockets.js", () => {
  clusterSuite(() => new RedisFabric(), ["socket.io", "skein on µWebSockets.js"]);
});

describe.runIf(there)("Skein nodes on µWebSockets.js and on Node", () => {
  clusterSuite(() => new RedisFabric(), ["skein on µWebSockets.js", "skein"]);
});
