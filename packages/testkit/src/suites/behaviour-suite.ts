import { describe, expect, test } from "vitest";
import { unlistedDifferences } from "../listed-differences.ts";

/**
 * Required by a behaviour suite of an implementation: its intended differences, by the name of the
 * test, with the reasons.
 */
export interface Comparable {
  readonly knownDifferences: Readonly<Record<string, string>>;
  /** Topics that are skipped for the implementation, with the reasons. */
  readonly leftOut?: Readonly<Record<string, string>>;
}

/** Registers the test of one behaviour, which runs in its own world, created with `options`. */
export interface Behaves<World, Options> {
  (name: string, run: (world: World) => Promise<void>): void;
  (name: string, options: Options, run: (world: World) => Promise<void>): void;
}

/** A topic: registers its tests for one implementation and one way to reach it. */
export type Suite<Implementation, Way> = (implementation: Implementation, way: Way) => void;

/** Creates and ends the world of one test. */
export interface Worlds<Implementation, Way, Options, World> {
  start(implementation: Implementation, way: Way, options: Options): Promise<World>;
  stop(world: World): Promise<unknown>;
}

function titled(name: string, difference: string | undefined): string {
  return difference === undefined ? name : `${name} (differs: ${difference})`;
}

/**
 * Behaviour suites that run on several implementations. A test is skipped, with the reason, on an
 * implementation that differs.
 */
export class BehaviourSuites<Implementation extends Comparable, Way, Options extends object, World> {
  readonly #registered = new Set<string>();
  readonly #topics = new Set<string>();
  readonly #worlds: Worlds<Implementation, Way, Options, World>;

  constructor(worlds: Worlds<Implementation, Way, Options, World>) {
    this.#worlds = worlds;
  }

  /** Declares a topic. Its tests share nothing, so they run concurrently. */
  declare(
    topic: string,
    register: (behaves: Behaves<World, Options>, way: Way) => void,
  ): Suite<Implementation, Way> {
    this.#topics.add(topic);
    return (implementation, way) => {
      const reason = implementation.leftOut?.[topic];
      // oxlint-disable-next-line vitest/valid-title -- the title is a parameter
      describe.skipIf(reason !== undefined)(titled(topic, reason), { concurrent: true }, () => {
        register(this.#registrar(implementation, way), way);
      });
    };
  }

  /**
   * Registers tests of the implementation's own lists: each entry must name a behaviour or topic,
   * and be documented.
   */
  checkDifferences({ knownDifferences, leftOut = {} }: Implementation): void {
    const names = Object.keys(knownDifferences);
    const topics = Object.keys(leftOut);
    test("every known difference names a behaviour", () => {
      expect(names.filter((name) => !this.#registered.has(name))).toEqual([]);
      expect(topics.filter((topic) => !this.#topics.has(topic))).toEqual([]);
    });
    test("every known difference has a row in docs/differences.md", () => {
      expect(unlistedDifferences([...names, ...topics])).toEqual([]);
    });
  }

  #registrar(implementation: Implementation, way: Way): Behaves<World, Options> {
    type Run = (world: World) => Promise<void>;
    return (name: string, ...rest: [Run] | [Options, Run]) => {
      const [options, run] = rest.length === 1 ? [{} as Options, rest[0]] : rest;
      this.#registered.add(name);
      const difference = implementation.knownDifferences[name];
      // oxlint-disable-next-line vitest/valid-title -- the title is a parameter
      test.skipIf(difference !== undefined)(titled(name, difference), async () => {
        const world = await this.#worlds.start(implementation, way, options);
        try {
          await run(world);
        } finally {
          await this.#worlds.stop(world);
        }
      });
    };
  }
}
