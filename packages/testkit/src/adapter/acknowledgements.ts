import type { AdapterFactory, BroadcastOptions } from "@skein/adapter";
import { expect, it } from "vitest";
import { FakeLocalSockets } from "../fakes/fake-local-sockets.ts";
import { eventPacket, settled, whom } from "./packets.ts";

/** Tests of broadcasts with acknowledgements. */
export function ackSuite(createAdapter: AdapterFactory): void {
  function ask(
    local: FakeLocalSockets,
    options: BroadcastOptions,
  ): { counts: number[]; answers: unknown[][] } {
    const counts: number[] = [];
    const answers: unknown[][] = [];
    local.adapter.broadcastWithAck(
      eventPacket("ask"),
      options,
      (count) => counts.push(count),
      (...args) => answers.push(args),
    );
    return { counts, answers };
  }

  it("collects the answers of all receivers, which share one id", async () => {
    const local = new FakeLocalSockets(createAdapter);
    const sockets = [local.connect("a", "red"), local.connect("b", "red"), local.connect("c")];
    const { counts, answers } = ask(local, whom(["red"], [], { timeout: 10_000 }));
    await settled();
    expect(counts.reduce((sum, count) => sum + count)).toBe(2);
    sockets[1]?.acknowledge("from b");
    sockets[0]?.acknowledge("from a", 2);
    expect(answers).toEqual([["from b"], ["from a", 2]]);
    expect(new Set(sockets.slice(0, 2).map((socket) => socket.deliveries[0]?.packet.id)).size).toBe(1);
    expect(sockets[2]?.deliveries).toEqual([]);
  });

  it("reports that nobody was there to answer", async () => {
    const local = new FakeLocalSockets(createAdapter);
    const { counts, answers } = ask(local, whom(["nowhere"], [], { timeout: 10_000 }));
    await settled();
    expect(counts).toEqual([0]);
    expect(answers).toEqual([]);
  });

  it("leaves no registration behind after the timeout", async () => {
    const local = new FakeLocalSockets(createAdapter);
    const sockets = [local.connect("a"), local.connect("b"), local.connect("c")];
    const { answers } = ask(local, whom([], [], { timeout: 1 }));
    sockets[0]?.acknowledge("in time");
    expect(sockets[1]?.pendingAcks).toBe(1);
    await Promise.all(sockets.map((socket) => socket.untilNoAckIsExpected()));
    sockets[1]?.acknowledge("too late");
    expect(answers).toEqual([["in time"]]);
  });
}
