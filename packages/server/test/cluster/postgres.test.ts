import { describe } from "vitest";
import { PostgresFabric, postgresService } from "./support/postgres.ts";
import { isThere } from "./support/service.ts";
import { clusterSuite } from "./support/suite.ts";

const there = await isThere(postgresService);

describe.runIf(there)("Two nodes on PostgreSQL", () => {
  clusterSuite(() => new PostgresFabric(), ["skein", "skein"]);
});

describe.runIf(there)("Three nodes on PostgreSQL", () => {
  clusterSuite(() => new PostgresFabric(), ["skein", "skein", "skein"]);
});

describe.runIf(there)("Two nodes on µWebSockets.js and PostgreSQL", () => {
  clusterSuite(() => new PostgresFabric(), ["skein on µWebSockets.js", "skein on µWebSockets.js"]);
});
