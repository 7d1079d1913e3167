import { describe, expect, test } from "vitest";
import { called } from "../../behaviour/waiting.ts";
import { places } from "../audience.ts";
import { cluster } from "../cluster.ts";

/** The same place on two servers of one cluster. */
async function both(namespace: string) {
  const worlds = await cluster(2);
  const [a, b] = worlds.map(({ io }) => (namespace === "/" ? io : io.of(namespace)));
  if (a === undefined || b === undefined) throw new Error("two servers");
  return { a, b };
}

describe.each(places)("%s sends to the other servers", (_place, namespace) => {
  test("an event, and does not receive it itself", async () => {
    const { a, b } = await both(namespace);
    const heard = called<unknown[]>("the event on the other server");
    const own: unknown[] = [];
    a.on("ship-sighted", (vessel: unknown) => own.push(vessel));
    b.on("ship-sighted", heard.fn);
    expect(a.serverSideEmit("ship-sighted", "aurora", 12, "north", { draught: "7 m" })).toBe(true);
    expect(await heard.args).toEqual(["aurora", 12, "north", { draught: "7 m" }]);
    expect(own).toEqual([]);
  });

  test("an event, and passes one response per other server to the callback", async () => {
    const { a, b } = await both(namespace);
    b.on("free-berths", (answer: (berth: string) => void) => answer("b7"));
    const answered = called<[Error | null, unknown[]]>("the responses");
    a.serverSideEmit("free-berths", answered.fn);
    expect(await answered.args).toEqual([null, ["b7"]]);
  });

  test("an event, and resolves with one response per other server", async () => {
    const { a, b } = await both(namespace);
    b.on("water-level", (answer: (level: string) => void) => answer("3 m"));
    expect(await a.serverSideEmitWithAck("water-level")).toEqual(["3 m"]);
  });

  test.each(["connection", "connect", "new_namespace"])("no reserved event %s", async (reserved) => {
    const { a } = await both(namespace);
    expect(() => a.serverSideEmit(reserved)).toThrow(`"${reserved}" is a reserved event name`);
  });
});
