import { describe, expect, test } from "vitest";
import { Audience, places } from "../audience.ts";

const rooms = { a: ["room-101"], b: ["room-102"], ab: ["room-101", "room-102"], c: [] };
const foo = [["foo", "bar"]];

describe.each(places)("%s broadcasts", (_place, namespace) => {
  test("an event without arguments to everybody", async () => {
    const audience = await Audience.of(namespace, rooms);
    expect(audience.place.emit("hello")).toBe(true);
    const hello = [["hello"]];
    expect(await audience.heard()).toEqual({ a: hello, b: hello, ab: hello, c: hello });
  });

  test("any number of arguments, bytes among them", async () => {
    const audience = await Audience.of(namespace, { a: [] });
    audience.place.emit("hello", 1, "2", { "3": 4 }, Buffer.from([5]));
    expect(await audience.heard()).toEqual({ a: [["hello", 1, "2", { "3": 4 }, Buffer.from([5])]] });
  });

  test("to rooms without those of another room", async () => {
    const audience = await Audience.of(namespace, {
      one: ["room1"],
      two: ["room2"],
      both: ["room1", "room2"],
      excluded: ["room2", "room3"],
    });
    audience.place.to("room1").to("room2").except("room3").emit("hello");
    const hello = [["hello"]];
    expect(await audience.heard()).toEqual({ one: hello, two: hello, both: hello });
  });

  test("to one room, to rooms in a list, and to rooms that are named one by one", async () => {
    const audience = await Audience.of(namespace, rooms);
    audience.place.to("room-101").emit("foo", "one");
    audience.place.to(["room-101", "room-102"]).emit("foo", "list");
    audience.place.in("room-101").in("room-102").emit("foo", "chain");
    const [one, list, chain] = ["one", "list", "chain"].map((how) => ["foo", how]);
    expect(await audience.heard()).toEqual({
      a: [one, list, chain],
      b: [list, chain],
      ab: [one, list, chain],
    });
  });

  test("to all but the members of one room", async () => {
    const audience = await Audience.of(namespace, rooms);
    audience.place.except("room-101").emit("foo", "bar");
    expect(await audience.heard()).toEqual({ b: foo, c: foo });
  });

  test.each([
    ["in a list", (audience: Audience) => audience.place.except(["room-101", "room-102"])],
    ["one by one", (audience: Audience) => audience.place.except("room-101").except("room-102")],
  ])("to all but the members of rooms that are named %s", async (_how, except) => {
    const audience = await Audience.of(namespace, rooms);
    except(audience).emit("foo", "bar");
    expect(await audience.heard()).toEqual({ c: foo });
  });

  test("on this server alone, and what may be lost", async () => {
    const audience = await Audience.of(namespace, { a: [] });
    audience.place.local.emit("an event", { some: "data" });
    expect(await audience.heard()).toEqual({ a: [["an event", { some: "data" }]] });
    audience.place.volatile.emit("an event", { some: "data" });
    expect(await audience.heard()).toEqual({ a: [["an event", { some: "data" }]] });
  });
});

describe.each(places)("%s asks everybody", (_place, namespace) => {
  async function answering(...names: string[]): Promise<Audience> {
    const audience = await Audience.of(namespace, { silent: [], first: [], second: [] });
    for (const name of names) {
      audience.client(name).on("some-event", (callback: (answer: string) => void) => callback(name));
    }
    return audience;
  }

  test("and is called back with one response per client", async () => {
    const audience = await answering("silent", "first", "second");
    const [error, responses] = await new Promise<[Error | null, string[]]>((resolve) => {
      audience.place.timeout(10_000).emit("some-event", (err: Error | null, answers: string[]) => {
        resolve([err, answers]);
      });
    });
    expect(error).toBeNull();
    expect(responses.toSorted()).toEqual(["first", "second", "silent"]);
  });

  test("and is called back with an error and what it got when some do not answer in time", async () => {
    const audience = await answering("first", "second");
    const [error, responses] = await new Promise<[Error | null, string[]]>((resolve) => {
      audience.place.timeout(200).emit("some-event", (err: Error | null, answers: string[]) => {
        resolve([err, answers]);
      });
    });
    expect(error?.message).toBe("operation has timed out");
    expect(responses.toSorted()).toEqual(["first", "second"]);
  });

  test("and awaits one response per client", async () => {
    const audience = await answering("silent", "first", "second");
    const responses: string[] = await audience.place.timeout(10_000).emitWithAck("some-event");
    expect(responses.toSorted()).toEqual(["first", "second", "silent"]);
  });

  test("and what it awaits is an error that holds the responses when some do not answer in time", async () => {
    const audience = await answering("first");
    await expect(audience.place.timeout(200).emitWithAck("some-event")).rejects.toMatchObject({
      message: "operation has timed out",
      responses: ["first"],
    });
  });
});
