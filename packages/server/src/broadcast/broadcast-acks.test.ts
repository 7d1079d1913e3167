import type { Adapter, AckCallback, BroadcastFlags } from "@skein/adapter";
import { PacketType } from "@skein/parser";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BroadcastAcks } from "./broadcast-acks.ts";

/** Uses the fake global timers in place of the package's own. */
vi.mock("../runtime/timers.ts", async (original) => ({
  ...(await original<object>()),
  after: (milliseconds: number, ring: () => void) => setTimeout(ring, milliseconds),
  cancel: (timer: NodeJS.Timeout | undefined) => clearTimeout(timer),
}));

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Starts a broadcast in a cluster; the test plays its servers and receivers. */
function broadcast(servers: Promise<number>, flags: BroadcastFlags = {}) {
  let clientCount = (_count: number): void => {};
  let ack: AckCallback = () => {};
  const adapter: Pick<Adapter, "broadcastWithAck" | "serverCount"> = {
    broadcastWithAck: (_packet, _options, onCount, onAck) => {
      clientCount = onCount;
      ack = onAck;
    },
    serverCount: () => servers,
  };
  const [told, failed] = [vi.fn(), vi.fn()];
  const packet = { type: PacketType.EVENT, nsp: "/", data: ["x"] };
  const options = { rooms: new Set<string>(), except: new Set<string>(), flags };
  new BroadcastAcks(100, told).collect(adapter as Adapter, packet, options, failed);
  return { told, failed, clientCount, ack };
}

describe("a broadcast that waits for answers", () => {
  test("is complete when every server has counted and every receiver has answered, in order of arrival", async () => {
    const { told, clientCount, ack } = broadcast(Promise.resolve(2));
    await vi.advanceTimersByTimeAsync(0);
    clientCount(1);
    ack("a", "ignored");
    expect(told).not.toHaveBeenCalled();
    clientCount(2);
    ack("b");
    ack("c");
    expect(told.mock.calls).toEqual([[null, ["a", "b", "c"]]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is complete when there is nobody, but not before the servers are counted", async () => {
    const { told, clientCount } = broadcast(Promise.resolve(1));
    clientCount(0);
    expect(told).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(0);
    expect(told.mock.calls).toEqual([[null, []]]);
  });

  test("ends with the answers so far when time is up, and hears no later one", async () => {
    const { told, clientCount, ack } = broadcast(Promise.resolve(1));
    clientCount(2);
    ack("a");
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toHaveBeenCalledTimes(1);
    const [error, responses] = told.mock.calls[0] ?? [];
    expect([error, responses]).toEqual([expect.objectContaining({ code: "ACK_TIMEOUT" }), ["a"]]);
    ack("b");
    expect([told.mock.calls.length, responses]).toEqual([1, ["a"]]);
  });

  test("on this server alone asks nobody how many servers there are", async () => {
    const { told, clientCount } = broadcast(new Promise(() => {}), { local: true });
    clientCount(0);
    await vi.advanceTimersByTimeAsync(0);
    expect(told.mock.calls).toEqual([[null, []]]);
  });

  test("reports servers that can't be counted, and times out", async () => {
    const error = new Error("no bus");
    const { told, failed, clientCount } = broadcast(Promise.reject(error));
    clientCount(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(failed.mock.calls).toEqual([[{ cause: error, rejected: true }]]);
    expect(told.mock.calls).toEqual([[expect.objectContaining({ code: "ACK_TIMEOUT" }), []]]);
  });
});
