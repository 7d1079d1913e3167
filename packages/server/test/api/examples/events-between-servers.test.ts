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
  test("an event, which the sender itself does not hear", async () => {
    const { a, b } = await both(namespace);
    const heard = called<unknown[]>("the event on the other server");
    const own: unknown[] = [];
    a.on("hello", (arg1: unknown) => own.push(arg1));
    b.on("hello", heard.fn);
    expect(a.serverSideEmit("hello", "world", 1, "2", { 3: "4" })).toBe(true);
    expect(await heard.args).toEqual(["world", 1, "2", { 3: "4" }]);
    expect(own).toEqual([]);
  });

  test("a question, and is called back with one response per other server", async () => {
    const { a, b } = await both(namespace);
    b.on("ping", (cb: (answer: string) => void) => cb("pong"));
    const answered = called<[Error | null, unknown[]]>("the responses");
    a.serverSideEmit("ping", answered.fn);
    expect(await answered.args).toEqual([null, ["pong"]]);
  });

  test("a question, and awaits one response per other server", async () => {
    const { a, b } = await both(namespace);
    b.on("some-event", (callback: (answer: string) => void) => callback("got it"));
    expect(await a.serverSideEmitWithAck("some-event")).toEqual(["got it"]);
  });

  test.each(["connection", "connect", "new_namespace"])("no event named %s", async (reserved) => {
    const { a } = await both(namespace);
    expect(() => a.serverSideEmit(reserved)).toThrow(`"${reserved}" is a reserved event name`);
  });
});
