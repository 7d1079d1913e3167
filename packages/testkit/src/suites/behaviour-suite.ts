import { describe, expect, test } from "vitest";
import { unlistedDifferences } from "../listed-differences.ts";

/** What a behaviour suite asks of an implementation: where it differs on purpose, by the name of the test, and why. */
export interface Comparable {
  readonly knownDifferences: Readonly<Record<string, string>>;
  /** Whole topics to which it is not held, and why. */
  readonly leftOut?: Readonly<Record<string, string>>;
}

/** Registers one sentence of behaviour: it runs in a world of its own, which is made with `options`. */
export interface Behaves<World, Options> {
  (name: string, run: (world: World) => Promise<void>): void;
  (name: string, options: Options, run: (world: World) => Promise<void>): void;
}

/** A topic: registers its sentences for one implementation, reached in one way. */
export type Suite<Implementation, Way> = (implementation: Implementation, way: Way) => void;

/** How a world for one test begins and ends. */
export interface Worlds<Implementation, Way, Options, World> {
  start(implementation: Implementation, way: Way, options: Options): Promise<World>;
  stop(world: World): Promise<unknown>;
}

function titled(name: string, difference: string | undefined): string {
  return difference === undefined ? name : `${name} (differs: ${difference})`;
}

/** Suites of behaviour that run on several implementations; a sentence in which one of them differs is skipped on it, with the reason. */
export class BehaviourSuites<Implementation extends Comparable, Way, Options extends object, World> {
  readonly #registered = new Set<string>();
  readonly #topics = new Set<string>();
  readonly #worlds: Worlds<Implementation, Way, Options, World>;

  constructor(worlds: Worlds<Implementation, Way, Options, World>) {
    this.#worlds = worlds;
  }

  /** Declares a topic. Its tests share nothing, so they run side by side. */
  declare(
    topic: string,
    register: (behaves: Behaves<World, Options>, way: Way) => void,
  ): Suite<Implementation, Way> {
    this.#topics.add(topic);
    return (implementation, way) => {
      const reason = implementation.leftOut?.[topic];
      // oxlint-disable-next-line vitest/valid-title -- a suite is told its title
      describe.skipIf(reason !== undefined)(titled(topic, reason), { concurrent: true }, () => {
        register(this.#registrar(implementation, way), way);
      });
    };
  }

  /** Registers the tests of the implementation's own lists: each entry names a behaviour or topic, and is documented. */
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
      // oxlint-disable-next-line vitest/valid-title -- so is a test
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
