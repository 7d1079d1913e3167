import { expect, test } from "vitest";
import { hostNames, World } from "../support/world.ts";
import { options } from "./support.ts";
import { Storm } from "./storm.ts";

/** The whole two minutes with SKEIN_LONG=1. */
const MILLISECONDS = process.env["SKEIN_LONG"] === "1" ? 120_000 : 6000;
/** Printed, so that a failure's choices can be made once more. */
const SEED = Number(process.env["SKEIN_SEED"] ?? Date.now() % 1_000_000);

test.each(hostNames)(
  "on %s clients that are dropped at random while a middleware decides get every event once, and in order",
  async (host) => {
    const world = await World.start(options, host);
    const report = await Storm.run(world, SEED, MILLISECONDS);
    console.log(`${host}, ${MILLISECONDS} ms, seed ${SEED}: ${JSON.stringify(report)}`);
    expect(report).toMatchObject({ newSessions: 0, lost: 0, twice: 0, outOfOrder: 0 });
    expect(report.recoveries).toBeGreaterThan(0);
    expect(report.dropsOfCandidates).toBeGreaterThan(0);
  },
  MILLISECONDS + 60_000,
);
