import { BehaviourSuites, type Suite as GenericSuite } from "@skein/testkit";
import type { Implementation, Options } from "./implementation.ts";
import type { Transport } from "./transport.ts";
import { World } from "./world.ts";

export { expect } from "vitest";

const suites = new BehaviourSuites<Implementation, Transport, Options, World>({
  start: (implementation, transport, options) => World.start(implementation, transport, options),
  stop: (world) => world.close(),
});

/** A topic: registers its sentences for one implementation, reached over one transport. */
export type Suite = GenericSuite<Implementation, Transport>;

/** Declares a topic. */
export const suite: typeof suites.declare = (topic, register) => suites.declare(topic, register);

/**
 * Checks an implementation's list of differences against the existing tests and the documentation.
 */
export const checkDifferences = (implementation: Implementation): void =>
  suites.checkDifferences(implementation);
