import { describe } from "vitest";
import { MemoryFabric } from "./support/memory.ts";
import { clusterSuite } from "./support/suite.ts";

describe("Two nodes on a bus in memory, through the published ClusterAdapter", () => {
  clusterSuite(() => new MemoryFabric(), ["skein", "skein"]);
});

describe("Three nodes on a bus in memory, through the published ClusterAdapter", () => {
  clusterSuite(() => new MemoryFabric(), ["skein", "skein", "skein"]);
});

describe("Two nodes on µWebSockets.js and a bus in memory, through the published ClusterAdapter", () => {
  clusterSuite(() => new MemoryFabric(), ["skein on µWebSockets.js", "skein on µWebSockets.js"]);
});
