import { array, assert, constant, constantFrom, nat, oneof, property, record } from "fast-check";
import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { turnoverMap } from "./turnover-map.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (options?: { type: "minor" }) => void;

/** Bytes on the heap after collections of the young generation alone. */
function heldByTheYoung(): number {
  for (let round = 0; round < 3; round++) collect({ type: "minor" });
  return process.memoryUsage().heapUsed;
}

/** Many come and go, twenty at a time; each of them takes 8 KB. */
function churn(sockets: Map<string, unknown[]>, count: number): void {
  for (let index = 0; index < count; index++) {
    sockets.set(
      String(index),
      Array.from({ length: 1000 }, () => index),
    );
    sockets.delete(String(index - 20));
    // What is in use now grows old.
    if (index === 100) collect();
    if (index > 100 && index % 500 === 0) heldByTheYoung();
  }
}

function contentOf(map: ReadonlyMap<string, number>): unknown {
  const visited: unknown[] = [];
  map.forEach((value, key, of) => visited.push([key, value, of === map]));
  return {
    size: map.size,
    entries: [...map],
    again: [...map.entries()],
    keys: [...map.keys()],
    values: [...map.values()],
    visited,
    found: ["a", "b", "c"].map((key) => [map.has(key), map.get(key)]),
    printed: inspect(map),
  };
}

const operations = array(
  oneof(
    record({ kind: constant("set" as const), key: constantFrom("a", "b", "c"), value: nat(9) }),
    record({ kind: constant("delete" as const), key: constantFrom("a", "b", "c") }),
    record({ kind: constant("clear" as const) }),
    // Enough deletions to move the entries.
    record({ kind: constant("crowd" as const) }),
  ),
);

function crowd(map: Map<string, number>): boolean {
  for (let index = 0; index < 100; index++) map.set(`crowd ${index}`, index);
  for (let index = 0; index < 100; index++) map.delete(`crowd ${index}`);
  return map.delete("crowd");
}

/**
 * Changes between two steps of an iteration: some keys are added, and some of the newest are
 * deleted.
 */
const meanwhile = array(record({ come: nat(40), leave: array(nat(80), { minLength: 30, maxLength: 80 }) }), {
  minLength: 5,
  maxLength: 40,
});

/** The keys that an iterator visits. */
function visits(map: Map<string, number>, changes: { come: number; leave: number[] }[]): string[] {
  let came = 0;
  const come = (count: number) => {
    for (let index = 0; index < count; index++) map.set(String(came), came++);
  };
  come(50);
  const visited: string[] = [];
  const keys = map.keys();
  for (const change of changes) {
    const step = keys.next();
    if (step.done === true) break;
    visited.push(step.value);
    come(change.come);
    for (const index of change.leave) map.delete(String(came - index));
  }
  return [...visited, ...keys];
}

describe("a map for members that come and go", () => {
  test("is a map like any other", () => {
    assert(
      property(operations, (steps) => {
        const [ours, native] = [turnoverMap<string, number>(), new Map<string, number>()];
        for (const step of steps) {
          const answers = [ours, native].map((map) => {
            if (step.kind === "set") return map.set(step.key, step.value) === map;
            if (step.kind === "crowd") return crowd(map);
            return step.kind === "delete" ? map.delete(step.key) : map.clear();
          });
          expect(answers[0]).toBe(answers[1]);
        }
        expect(contentOf(ours)).toEqual(contentOf(native));
        expect(ours).toBeInstanceOf(Map);
      }),
      { seed: 4711 },
    );
  });

  test("shows an iterator who comes and not who has left, also when its members move meanwhile", () => {
    assert(
      property(meanwhile, (changes) => {
        expect(visits(turnoverMap<string, number>(), changes)).toEqual(
          visits(new Map<string, number>(), changes),
        );
      }),
      { seed: 4712 },
    );
  });

  test("lets those who have left go with the next collection of the young generation, however many come and go", () => {
    const sockets = turnoverMap<string, unknown[]>();
    churn(sockets, 200);
    const before = heldByTheYoung();
    churn(sockets, 4000);
    expect(heldByTheYoung() - before).toBeLessThan(4_000_000);
  });
});
