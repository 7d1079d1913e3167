import type { BroadcastFlags, BroadcastOptions, Room } from "@skein/adapter";
import type { Packet } from "@skein/parser";

/**
 * The selection of a broadcast: the members of `rooms`, or all sockets, except the members of
 * `except`.
 */
export function whom(rooms: Room[] = [], except: Room[] = [], flags: BroadcastFlags = {}): BroadcastOptions {
  return { rooms: new Set(rooms), except: new Set(except), flags };
}

/** An event packet whose namespace is not set yet. */
export function eventPacket(...data: unknown[]): Packet {
  return { type: 2, nsp: "/", data };
}

/** Waits for deliveries, which may be asynchronous even through a bus in memory. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
