import { array, assert, constant, constantFrom, nat, oneof, property, record } from "fast-check";
import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { ConnectedSockets } from "./connected-sockets.ts";

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
  ),
);

describe("the sockets of a namespace", () => {
  test("are a map like any other", () => {
    assert(
      property(operations, (steps) => {
        const [ours, native] = [new ConnectedSockets<number>(), new Map<string, number>()];
        for (const step of steps) {
          const answers = [ours, native].map((map) => {
            if (step.kind === "set") return map.set(step.key, step.value) === map;
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

  test("may leave and come while somebody looks at all of them", () => {
    const seen = [new ConnectedSockets<number>(), new Map<string, number>()].map((map) => {
      for (const [index, key] of ["a", "b", "c", "d"].entries()) map.set(key, index);
      const visits: string[] = [];
      for (const [key] of map) {
        visits.push(key);
        if (key === "a") map.delete("b");
        if (key === "c") map.delete("c");
        if (key === "d") map.set("e", 4);
      }
      return visits.concat([...map.keys()]);
    });
    expect(seen[0]).toEqual(seen[1]);
  });

  test("who have left are gone with the next collection of the young generation, however many come and go", () => {
    const sockets = new ConnectedSockets<unknown[]>();
    churn(sockets, 200);
    const before = heldByTheYoung();
    churn(sockets, 4000);
    expect(heldByTheYoung() - before).toBeLessThan(4_000_000);
  });
});
