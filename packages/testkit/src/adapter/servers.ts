import type { AdapterFactory } from "@skein/adapter";
import { expect, it } from "vitest";
import { FakeLocalSockets } from "../fakes/fake-local-sockets.ts";
import { settled } from "./packets.ts";

/** Tests of the cluster operations of an adapter without other nodes. */
export function serverSuite(createAdapter: AdapterFactory): void {
  it("counts itself as a server", async () => {
    const local = new FakeLocalSockets(createAdapter);
    await local.adapter.init();
    expect(await local.adapter.serverCount()).toBeGreaterThanOrEqual(1);
    await local.adapter.close();
  });

  it("does not tell its own listeners of the events that are meant for other servers", async () => {
    const local = new FakeLocalSockets(createAdapter);
    await local.adapter.init();
    local.adapter.serverSideEmit(["hello", 1]);
    await settled();
    expect(local.serverSideEvents).toEqual([]);
    await local.adapter.close();
  });

  it("answers who waits for other servers, though there is none, in a later turn", async () => {
    const local = new FakeLocalSockets(createAdapter);
    await local.adapter.init();
    let isLater = false;
    const answer = new Promise<unknown[]>((resolve) => {
      local.adapter.serverSideEmit(["hello", (...args: unknown[]) => resolve([isLater, ...args])]);
    });
    isLater = true;
    expect(await answer).toEqual([true, null, []]);
    await local.adapter.close();
  });
}
