import type { BroadcastFlags, BroadcastOptions, Room } from "@skein/adapter";
import type { Packet } from "@skein/parser";

/** Whom a broadcast means: the members of `rooms`, or everybody, less those of `except`. */
export function whom(rooms: Room[] = [], except: Room[] = [], flags: BroadcastFlags = {}): BroadcastOptions {
  return { rooms: new Set(rooms), except: new Set(except), flags };
}

/** An event that is yet to be given a namespace. */
export function eventPacket(...data: unknown[]): Packet {
  return { type: 2, nsp: "/", data };
}

/** Delivery may wait for a bus that is in memory too. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
