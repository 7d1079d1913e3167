import { describe, expect, test } from "vitest";
import { hostNames, World } from "./support/world.ts";

const inner = "db down at 10.0.0.3";

const GENERIC = '{"message":"Internal server error"}';

/** What is thrown, and what of it a client reads. */
const causes: readonly (readonly [what: string, cause: unknown, read: string])[] = [
  ["an error", new Error(inner), GENERIC],
  ["a text", inner, GENERIC],
  ["an object with a message", { message: inner }, GENERIC],
  ["an error that is not exposed", Object.assign(new Error(inner), { expose: false, status: 500 }), GENERIC],
  ["nothing", undefined, GENERIC],
  ["an empty text", "", GENERIC],
  ["zero", 0, GENERIC],
  ["an exposed error", Object.assign(new Error("pay first"), { expose: true }), '{"message":"pay first"}'],
  [
    "an error with data",
    Object.assign(new Error("wait"), { data: { s: 5 } }),
    '{"message":"wait","data":{"s":5}}',
  ],
];

const ways: readonly (readonly [way: string, fail: (cause: unknown) => unknown])[] = [
  [
    "throws",
    (cause) => {
      throw cause;
    },
  ],
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- applications may do so
  ["rejects with", (cause) => Promise.reject(cause)],
];

describe.each(hostNames)("on %s", (host) => {
  for (const strict of [false, true])
    for (const [way, fail] of ways)
      test.each(causes)(
        `a client reads no more than it may where a middleware ${way} %s (strict: ${strict})`,
        async (_, cause, read) => {
          const world = await World.start({ strict }, host);
          const reports = world.reports();
          world.io.of("/guarded").use(() => fail(cause) as undefined);
          const raw = await world.raw();
          raw.send("40/guarded,");
          expect(await raw.next()).toBe(`44/guarded,${read}`);
          expect(reports.map((report) => report.cause)).toEqual([cause]);
        },
      );

  test("a client of revision 3 reads no more either", async () => {
    const world = await World.start({ allowEIO3: true }, host);
    world.reports();
    world.io.use(() => Promise.reject(new Error(inner)));
    const raw = await world.raw(3);
    expect(await raw.next()).toBe('44"Internal server error"');
  });

  test("an error that is given to next is meant for the client, from an asynchronous middleware too", async () => {
    const world = await World.start({}, host);
    const reports = world.reports();
    world.io.use(async (_, next) => {
      await Promise.resolve();
      next(Object.assign(new Error("not authorised"), { data: 1, expose: false }));
      throw new Error(inner);
    });
    const raw = await world.raw();
    raw.send("40");
    expect(await raw.next()).toBe('44{"message":"not authorised","data":1}');
    expect(reports.map(({ cause }) => cause)).toEqual([new Error(inner)]);
  });

  test.each(ways)("nothing is read of what a matcher of namespaces %s", async (_, fail) => {
    const world = await World.start({}, host);
    const reports = world.reports();
    const cause = Object.assign(new Error(inner), { expose: true });
    world.io.of(() => fail(cause) as undefined);
    const raw = await world.raw();
    raw.send("40/any,");
    expect(await raw.next()).toBe('44/any,{"message":"Invalid namespace"}');
    expect(reports).toMatchObject([{ source: "matcher", cause }]);
  });

  test.each(ways)(
    "nothing is read of what a socket middleware %s, which the socket hears whole",
    async (_, fail) => {
      const world = await World.start({}, host);
      world.reports();
      const cause = Object.assign(new Error(inner), { expose: true });
      const heard: unknown[] = [];
      world.io.on("connection", (socket) => {
        socket.use(([name], next) => (name === "bad" ? (fail(cause) as undefined) : next()));
        socket.on("error", (error) => heard.push(error));
        socket.on("good", (answer: () => void) => answer());
      });
      const raw = await world.raw();
      raw.send("40");
      await raw.next();
      raw.send('421["bad",1]', '422["good"]');
      expect(await raw.next()).toBe("432[]");
      expect(heard).toEqual([cause]);
    },
  );
});
