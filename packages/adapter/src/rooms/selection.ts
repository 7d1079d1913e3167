import type { BroadcastOptions, LocalSocket, Room, SocketId } from "../adapter.ts";
import { visitAtMost } from "./lazy-sets.ts";
import type { RoomTable } from "./rooms.ts";

type Visit = (socket: LocalSocket) => void;
type Whom = Pick<BroadcastOptions, "rooms" | "except">;

const NO_ROOMS: ReadonlySet<Room> = new Set();

/**
 * Visits the connected sockets of this node that `whom` selects, each once, room by room, in the
 * order of joining (adapter-contract, "Selection"). Exclusions are determined before the
 * first visit. `visit` may join, leave and disconnect sockets: sockets that leave before their turn
 * are skipped.
 *
 * No list or set is created for a broadcast to all sockets or one room without exclusions.
 */
export function forEachReceiver(
  table: RoomTable,
  sockets: ReadonlyMap<SocketId, LocalSocket>,
  whom: Whom,
  visit: Visit,
): void {
  const skipped = idsIn(table, whom.except);
  if (whom.rooms.size === 0) {
    visitAtMost(sockets.size, sockets.values(), (socket) => {
      if (skipped?.has(socket.id) !== true) visit(socket);
    });
    return;
  }
  const visited = whom.rooms.size === 1 ? skipped : new Set(skipped);
  const once = whom.rooms.size > 1;
  for (const room of whom.rooms) {
    table.forEachMember(room, (id) => {
      if (visited?.has(id) === true) return;
      if (once) visited?.add(id);
      const socket = sockets.get(id);
      if (socket !== undefined) visit(socket);
    });
  }
}

/** Returns the selected sockets as a list, for operations that change room membership. */
export function receivers(
  table: RoomTable,
  sockets: ReadonlyMap<SocketId, LocalSocket>,
  whom: Whom,
): LocalSocket[] {
  const found: LocalSocket[] = [];
  forEachReceiver(table, sockets, whom, (socket) => {
    found.push(socket);
  });
  return found;
}

/** Returns an upper bound of the number of selected sockets, without visiting any. */
export function countAtMost(
  table: RoomTable,
  sockets: ReadonlyMap<SocketId, LocalSocket>,
  whom: Whom,
): number {
  if (whom.rooms.size === 0) return sockets.size;
  let count = 0;
  for (const room of whom.rooms) count += table.memberCount(room);
  return Math.min(count, sockets.size);
}

/** The selection of all members of `rooms`, without exclusions. */
export function membersOf(rooms: ReadonlySet<Room>): Whom {
  return { rooms, except: NO_ROOMS };
}

function idsIn(table: RoomTable, rooms: ReadonlySet<Room>): Set<SocketId> | undefined {
  let ids: Set<SocketId> | undefined;
  for (const room of rooms) {
    table.forEachMember(room, (id) => {
      ids ??= new Set();
      ids.add(id);
    });
  }
  return ids;
}
