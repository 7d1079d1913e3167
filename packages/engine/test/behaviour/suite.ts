import { BehaviourSuites, type Suite as GenericSuite } from "@skein/testkit";
import type { Implementation, Options } from "./implementation.ts";
import type { Mode } from "./mode.ts";
import { World } from "./world.ts";

export { expect } from "vitest";

const suites = new BehaviourSuites<Implementation, Mode, Options, World>({
  start: (implementation, mode, options) => World.start(implementation, mode, options),
  stop: (world) => world.stop(),
});

/** A topic: registers its sentences for one implementation, reached in one way. */
export type Suite = GenericSuite<Implementation, Mode>;

/** Declares a topic. */
export const suite: typeof suites.declare = (topic, register) => suites.declare(topic, register);

/**
 * Checks an implementation's list of differences against the existing behaviours and the
 * documentation.
 */
export const checkDifferences = (implementation: Implementation): void =>
  suites.checkDifferences(implementation);
