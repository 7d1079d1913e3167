import type { Server, Socket } from "socket.io";

type EventsOf = Record<string, (...args: any[]) => void>;
interface Room {
  id: string;
}

export class RoomManager<Incoming extends EventsOf, Outgoing extends EventsOf> {
  private readonly rooms = new Map<string, Set<Socket<Incoming, Outgoing>>>();

  constructor(private readonly io: Server<Incoming, Outgoing>) {}

  async enter(room: Room, socket: Socket<Incoming, Outgoing>): Promise<void> {
    await socket.join(room.id);
    const members = this.rooms.get(room.id) ?? new Set();
    members.add(socket);
    this.rooms.set(room.id, members);
  }

  close(room: Room): void {
    this.io.in(room.id).socketsLeave(room.id);
    this.rooms.delete(room.id);
  }
}

export function withErrors<Args extends unknown[]>(
  socket: Socket,
  handler: (...args: Args) => Promise<void>,
): (...args: Args) => void {
  return (...args) => {
    handler(...args).catch((error: Error) => socket.emit("exception", error.message));
  };
}

export type Ack<T> = (response: { data?: T; error?: string }) => void;
export const isAck = (value: unknown): value is Ack<unknown> => typeof value === "function";
