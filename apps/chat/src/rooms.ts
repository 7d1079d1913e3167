import type { Server, Socket } from "@skein/server";
import { type ClientToServerEvents, LIMITS, type ServerToClientEvents } from "./events.ts";
import { History } from "./history.ts";
import { readDraft, readText } from "./input.ts";

/** State of each client, stored as `socket.data`. */
interface Visitor {
  name: string;
  room: string;
}
type NoEvents = Record<never, never>;
export type ChatServer = Server<ClientToServerEvents, ServerToClientEvents, NoEvents, Visitor>;
type ChatSocket = Socket<ClientToServerEvents, ServerToClientEvents, NoEvents, Visitor>;

/** Milliseconds within which the other members must confirm a message. */
const DELIVERY_TIMEOUT = 3000;

export function openRooms(io: ChatServer): void {
  const history = new History();

  // The middleware is called before a client is connected, and may refuse it.
  io.use((socket, next) => {
    const auth: Record<string, unknown> = socket.handshake.auth;
    const name = readText(auth["name"], LIMITS.name);
    const room = readText(auth["room"], LIMITS.name);
    if (name === undefined || room === undefined) {
      next(new Error(`Please choose a name and a room of at most ${LIMITS.name} characters each.`));
      return;
    }
    socket.data = { name, room };
    next();
  });

  io.on("connection", (socket) => {
    enter(socket, socket.data.room);

    socket.on("move", (wanted) => {
      const room = readText(wanted, LIMITS.name);
      if (room === undefined) return;
      void socket.leave(channel(socket.data.room));
      void showPeople(socket.data.room);
      enter(socket, room);
    });

    socket.on("say", (wanted, reply) => {
      if (typeof reply !== "function") return;
      const draft = readDraft(wanted);
      if (draft === undefined) reply({ ok: false, reason: "The server can't take this message." });
      else say(socket, draft, reply);
    });

    // Volatile: a typing sign that can't be delivered at once has no value later.
    socket.on("typing", () => {
      const { name, room } = socket.data;
      socket.to(channel(room)).volatile.emit("typing", { id: socket.id, name });
    });

    socket.on("disconnect", () => void showPeople(socket.data.room));
  });

  function enter(socket: ChatSocket, room: string): void {
    socket.data.room = room;
    void socket.join(channel(room));
    socket.emit("entered", room, history.of(room));
    void showPeople(room);
  }

  function say(socket: ChatSocket, ...[draft, reply]: Parameters<ClientToServerEvents["say"]>): void {
    const { name, room } = socket.data;
    const others = (io.sockets.adapter.rooms.get(channel(room))?.size ?? 1) - 1;
    if (history.of(room).some(({ id }) => id === draft.id)) {
      reply({ ok: true, reached: others, others });
      return;
    }
    const message = { ...draft, name, at: Date.now() };
    history.add(room, message);
    // All other members of the room are asked to confirm; late ones are not in the list.
    const receivers = socket.to(channel(room)).timeout(DELIVERY_TIMEOUT);
    receivers.emit("message", message, (_late, confirmed) => {
      reply({ ok: true, reached: confirmed.length, others });
    });
  }

  async function showPeople(room: string): Promise<void> {
    const sockets = await io.in(channel(room)).fetchSockets();
    const people = sockets.map(({ id, data }) => ({ id, name: data.name }));
    io.to(channel(room)).emit("people", people);
  }
}

/**
 * Returns the room's name with a prefix, which keeps clients out of the rooms named by socket ids.
 */
function channel(room: string): string {
  return `chat:${room}`;
}
