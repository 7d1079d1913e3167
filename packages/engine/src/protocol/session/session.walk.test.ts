import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Ending } from "./ending.ts";
import { RUNS, TIMEOUT } from "../fuzz.fixtures.ts";
import type { ReceivedPacket } from "../packet.ts";
import { REVISION_3, REVISION_4 } from "./session.fixtures.ts";
import type { TransportRole } from "./session.ts";
import type { SessionConfig } from "./session-config.ts";
import { World } from "./session.world.fixtures.ts";

const TIMES = { pingInterval: 25, pingTimeout: 20, upgradeTimeout: 15, noopInterval: 3, closeTimeout: 30 };

type Step =
  | { readonly do: "send" | "flush" | "idle"; readonly amount: number }
  | { readonly do: "grant"; readonly wire: TransportRole }
  | { readonly do: "receive"; readonly wire: TransportRole; readonly packet: ReceivedPacket }
  | { readonly do: "offer"; readonly polled: boolean }
  | { readonly do: "lose"; readonly wire: TransportRole }
  | { readonly do: "close"; readonly ending: Ending | "discard" };

function perform(world: World, step: Step): void {
  switch (step.do) {
    case "send":
      for (let sent = 0; sent < step.amount % 4; sent++) world.send();
      return;
    case "flush":
      return world.input(world.session.flush());
    case "idle":
      return step.amount % 2 === 0 ? world.idle(step.amount) : world.elapse(world.now + step.amount);
    case "grant":
      return world.grant(step.wire);
    case "receive":
      return world.receive(step.wire, step.packet);
    case "offer":
      return world.offer(step.polled);
    case "lose":
      return world.lose(step.wire);
    case "close":
      return world.close(step.ending);
  }
}

const ending = fc.constantFrom<Ending | "discard">("orderly", "brief", "discard");
const wire = fc.constantFrom<TransportRole>("current", "candidate");
const usual = fc.constantFrom<ReceivedPacket>({ type: "message", data: "x" }, { type: "noop" });
const beat = fc.constantFrom<ReceivedPacket>({ type: "ping" }, { type: "pong" });
const probe = fc.constant<ReceivedPacket>({ type: "ping", data: "probe" });
const commit = fc.constant<ReceivedPacket>({ type: "upgrade" });
const any = fc.constantFrom<ReceivedPacket>(
  { type: "open" },
  { type: "close" },
  { type: "upgrade" },
  { type: "ping", data: "x" },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("send" as const), amount: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("flush" as const), amount: fc.constant(0) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("idle" as const), amount: fc.nat(24) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("grant" as const), wire }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("receive" as const), wire, packet: usual }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("receive" as const), wire, packet: beat }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("receive" as const),
      wire: fc.constant<TransportRole>("candidate"),
      packet: fc.oneof(probe, commit),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("receive" as const), wire, packet: any }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("offer" as const), polled: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lose" as const), wire }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const), ending }) },
);

const config = fc.constantFrom<SessionConfig>({ ...REVISION_4, ...TIMES }, { ...REVISION_3, ...TIMES });

/** A peer that only ever takes what it is sent, or not even that. */
function fallSilent(world: World, takes: boolean): void {
  const patience = Math.max(TIMES.pingInterval + TIMES.pingTimeout, TIMES.closeTimeout);
  for (let waited = 0; waited < patience; waited++) {
    if (takes) world.grant("current");
    world.idle(1);
  }
}

it(
  "keeps its promises on every walk, and afterwards closes a silent peer in time",
  () => {
    const walk = fc.property(
      fc.record({ times: config, polled: fc.boolean(), takes: fc.boolean() }),
      fc.array(step, { maxLength: 60 }),
      ({ times, polled, takes }, steps) => {
        const world = new World(times, polled);
        world.grant("current");
        world.open();
        for (const each of steps) perform(world, each);
        fallSilent(world, takes);
        expect([world.session.state, world.closedEffects]).toEqual(["closed", 1]);
      },
    );
    fc.assert(walk, { numRuns: RUNS });
  },
  TIMEOUT,
);

it(
  "never takes a live peer for a dead one, though an upgrade at any moment loses pongs on their way",
  () => {
    const life = fc.property(
      fc.record({ offerAt: fc.nat(120), probing: fc.nat(14), answerTime: fc.nat(17), lossy: fc.boolean() }),
      ({ offerAt, probing, answerTime, lossy }) => {
        const world = new World({ ...REVISION_4, ...TIMES }, true);
        world.open();
        const answers: number[] = [];
        for (let tick = 0; tick < 250; tick++) {
          const before = world.pings;
          world.grant("current");
          world.idle(1);
          if (world.pings > before) answers.push(world.now + answerTime);
          if (tick === offerAt) world.offer(false);
          if (tick === offerAt) world.receive("candidate", { type: "ping", data: "probe" });
          if (tick === offerAt + probing) world.receive("candidate", { type: "upgrade" });
          if (tick === offerAt + probing && lossy) answers.length = 0;
          if (answers[0] === world.now) world.receive("current", { type: "pong" });
          if (answers[0] === world.now) answers.shift();
        }
        expect([world.session.state, world.session.upgraded]).toEqual(["open", true]);
        expect(world.pings).toBeGreaterThan(3);
      },
    );
    fc.assert(life, { numRuns: RUNS / 10 });
  },
  TIMEOUT,
);
