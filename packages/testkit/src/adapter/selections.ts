import type { AdapterFactory } from "@skein/adapter";
import { expect, it } from "vitest";
import { FakeLocalSockets } from "../fakes/fake-local-sockets.ts";
import { settled, whom } from "./packets.ts";

/** Tests of operations on sockets selected by their rooms. */
export function selectionSuite(createAdapter: AdapterFactory): void {
  function crowd(): FakeLocalSockets {
    const local = new FakeLocalSockets(createAdapter);
    local.connect("a", "red");
    local.connect("b", "red", "blue");
    local.connect("c", "blue");
    return local;
  }

  it("fetches the sockets themselves", async () => {
    const local = crowd();
    const found = await local.adapter.fetchSockets(whom(["blue"], ["red"]));
    expect(found).toEqual([local.sockets.get("c")]);
    expect(found[0]).toBe(local.sockets.get("c"));
  });

  it("lists the ids of sockets by room", async () => {
    const local = crowd();
    expect(await local.adapter.sockets(new Set(["red"]))).toEqual(new Set(["a", "b"]));
    expect(await local.adapter.sockets(new Set())).toEqual(new Set(["a", "b", "c"]));
  });

  it("joins the chosen sockets to rooms, and makes them leave", async () => {
    const local = crowd();
    local.adapter.addSockets(whom(["red"]), ["red", "green"]);
    await settled();
    expect(local.adapter.rooms.get("green")).toEqual(new Set(["a", "b"]));
    local.adapter.delSockets(whom(["red"], ["blue"]), ["red", "green"]);
    await settled();
    expect(local.adapter.rooms.get("green")).toEqual(new Set(["b"]));
    expect(local.adapter.rooms.get("red")).toEqual(new Set(["b"]));
  });

  it("disconnects the chosen sockets", async () => {
    const local = crowd();
    const [a, b, c] = [...local.sockets.values()];
    local.adapter.disconnectSockets(whom(["red"]), true);
    await settled();
    expect([a?.closed, b?.closed, c?.closed]).toEqual([true, true, undefined]);
    expect([...local.adapter.sids.keys()]).toEqual(["c"]);
  });
}
