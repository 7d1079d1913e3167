import { describe, test } from "vitest";
import type { Implementation, Options } from "./implementation.ts";
import type { Mode } from "./mode.ts";
import { World } from "./world.ts";

export { expect } from "vitest";

type Run = (world: World) => Promise<void>;

/** Registers one sentence of behaviour: it runs in a world of its own, whose engine is given `options`. */
export interface Behaves {
  (name: string, run: Run): void;
  (name: string, options: Options, run: Run): void;
}

/** A topic: registers its sentences for one implementation, reached in one way. */
export type Suite = (implementation: Implementation, mode: Mode) => void;

/** Names of all behaviours, by which a stale entry among an implementation's differences is found. */
export const registered = new Set<string>();

/** Declares a topic. Its tests share nothing, so they run side by side. */
export function suite(topic: string, register: (behaves: Behaves, mode: Mode) => void): Suite {
  return (implementation, mode) => {
    // oxlint-disable-next-line vitest/valid-title -- a suite is told its title
    describe(topic, { concurrent: true }, () => {
      register(registrar(implementation, mode), mode);
    });
  };
}

function registrar(implementation: Implementation, mode: Mode): Behaves {
  return (name: string, ...rest: [Run] | [Options, Run]) => {
    const [options, run] = rest.length === 1 ? [{}, rest[0]] : rest;
    registered.add(name);
    const difference = implementation.knownDifferences[name];
    const title = difference === undefined ? name : `${name} (differs: ${difference})`;
    // oxlint-disable-next-line vitest/valid-title -- so is a test
    test.skipIf(difference !== undefined)(title, async () => {
      const world = await World.start(implementation, mode, options);
      try {
        await run(world);
      } finally {
        await world.stop();
      }
    });
  };
}
