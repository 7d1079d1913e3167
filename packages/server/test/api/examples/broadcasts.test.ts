import { describe, expect, test } from "vitest";
import { Audience, places } from "../audience.ts";

const rooms = { tug: ["pier-3"], barge: ["pier-4"], ferry: ["pier-3", "pier-4"], yacht: [] };
const assigned = [["berth-assigned", "b7"]];

describe.each(places)("%s broadcasts", (_place, namespace) => {
  test("an event without arguments to all clients", async () => {
    const audience = await Audience.of(namespace, rooms);
    expect(audience.place.emit("high-tide")).toBe(true);
    const tide = [["high-tide"]];
    expect(await audience.heard()).toEqual({ tug: tide, barge: tide, ferry: tide, yacht: tide });
  });

  test("several arguments, including bytes", async () => {
    const audience = await Audience.of(namespace, { tug: [] });
    const report = ["aurora", 7.5, { crew: 12 }, Buffer.from("cargo")];
    audience.place.emit("arrival", ...report);
    expect(await audience.heard()).toEqual({ tug: [["arrival", ...report]] });
  });

  test("to two rooms, minus the clients in a third room", async () => {
    const audience = await Audience.of(namespace, {
      tug: ["pier-3"],
      barge: ["pier-4"],
      ferry: ["pier-3", "pier-4"],
      wreck: ["pier-4", "dry-dock"],
    });
    audience.place.to("pier-3").to("pier-4").except("dry-dock").emit("cast-off");
    const castOff = [["cast-off"]];
    expect(await audience.heard()).toEqual({ tug: castOff, barge: castOff, ferry: castOff });
  });

  test("to one room, an array of rooms and chained rooms", async () => {
    const audience = await Audience.of(namespace, rooms);
    audience.place.to("pier-3").emit("berth-assigned", "b1");
    audience.place.to(["pier-3", "pier-4"]).emit("berth-assigned", "b2");
    audience.place.in("pier-3").in("pier-4").emit("berth-assigned", "b3");
    const [one, list, chain] = ["b1", "b2", "b3"].map((berth) => ["berth-assigned", berth]);
    expect(await audience.heard()).toEqual({
      tug: [one, list, chain],
      barge: [list, chain],
      ferry: [one, list, chain],
    });
  });

  test("to all clients outside one room", async () => {
    const audience = await Audience.of(namespace, rooms);
    audience.place.except("pier-3").emit("berth-assigned", "b7");
    expect(await audience.heard()).toEqual({ barge: assigned, yacht: assigned });
  });

  test.each([
    ["as an array", ({ place }: Audience) => place.except(["pier-3", "pier-4"])],
    ["by chained calls", ({ place }: Audience) => place.except("pier-3").except("pier-4")],
  ])("to all clients outside two rooms given %s", async (_how, except) => {
    const audience = await Audience.of(namespace, rooms);
    except(audience).emit("berth-assigned", "b7");
    expect(await audience.heard()).toEqual({ yacht: assigned });
  });

  test("with the flags local and volatile", async () => {
    const audience = await Audience.of(namespace, { tug: [] });
    audience.place.local.emit("wind", { knots: 21 });
    expect(await audience.heard()).toEqual({ tug: [["wind", { knots: 21 }]] });
    audience.place.volatile.emit("wind", { knots: 21 });
    expect(await audience.heard()).toEqual({ tug: [["wind", { knots: 21 }]] });
  });
});

describe.each(places)("%s broadcasts with an acknowledgement", (_place, namespace) => {
  async function answering(...names: string[]): Promise<Audience> {
    const audience = await Audience.of(namespace, { tug: [], barge: [], ferry: [] });
    for (const name of names) {
      audience.client(name).on("roll-call", (answer: (vessel: string) => void) => answer(name));
    }
    return audience;
  }

  test("and passes one response per client to the callback", async () => {
    const audience = await answering("tug", "barge", "ferry");
    const [error, responses] = await new Promise<[Error | null, string[]]>((resolve) => {
      audience.place.timeout(8000).emit("roll-call", (failure: Error | null, vessels: string[]) => {
        resolve([failure, vessels]);
      });
    });
    expect(error).toBeNull();
    expect(responses.toSorted()).toEqual(["barge", "ferry", "tug"]);
  });

  test("and passes an error and partial responses to the callback on a timeout", async () => {
    const audience = await answering("barge", "ferry");
    const [error, responses] = await new Promise<[Error | null, string[]]>((resolve) => {
      audience.place.timeout(1_500).emit("roll-call", (failure: Error | null, vessels: string[]) => {
        resolve([failure, vessels]);
      });
    });
    expect(error?.message).toBe("operation has timed out");
    expect(responses.toSorted()).toEqual(["barge", "ferry"]);
  });

  test("and resolves emitWithAck with one response per client", async () => {
    const audience = await answering("tug", "barge", "ferry");
    const responses: string[] = await audience.place.timeout(8000).emitWithAck("roll-call");
    expect(responses.toSorted()).toEqual(["barge", "ferry", "tug"]);
  });

  test("and rejects emitWithAck with partial responses on a timeout", async () => {
    const audience = await answering("barge");
    await expect(audience.place.timeout(1_500).emitWithAck("roll-call")).rejects.toMatchObject({
      message: "operation has timed out",
      responses: ["barge"],
    });
  });
});
