import { type WebSocket, WebSocketServer } from "ws";
import type { Subject } from "../subject.ts";
import { listen } from "./node-http.ts";
import { answer, FRAME, OPEN, type RawServer } from "./raw.ts";
import { subjectServer } from "./subject-server.ts";

/** A bare `ws` server: its rooms are sets of sockets. */
export async function rawWs(): Promise<Subject> {
  const webSockets = new WebSocketServer({ noServer: true });
  const rooms = new Rooms();
  const server = rawServer(webSockets.clients, rooms);
  webSockets.on("connection", (socket) => {
    socket.send(OPEN);
    socket.on("message", (data, isBinary) => {
      if (isBinary || !Buffer.isBuffer(data)) socket.send(data, { binary: true });
      else answer(server, socket, data.toString());
    });
  });
  const port = await listen((http) => {
    http.on("upgrade", (request, socket, head) => {
      webSockets.handleUpgrade(request, socket, head, (webSocket) =>
        webSockets.emit("connection", webSocket),
      );
    });
  });
  return subjectServer(port, (perRoom) => {
    let index = 0;
    for (const socket of webSockets.clients) rooms.join(`r${Math.floor(index++ / perRoom)}`, socket);
  });
}

function rawServer(sockets: ReadonlySet<WebSocket>, rooms: Rooms): RawServer<WebSocket> {
  return {
    send(socket, text) {
      socket.send(text);
    },
    join(socket, room) {
      rooms.join(room, socket);
    },
    leave(socket, room) {
      rooms.leave(room, socket);
    },
    broadcast(room, except) {
      const excepted = rooms.members(except);
      for (const socket of room === "" ? sockets : rooms.members(room)) {
        if (!excepted.has(socket)) socket.send(FRAME);
      }
    },
  };
}

const NOBODY: ReadonlySet<WebSocket> = new Set();

class Rooms {
  readonly #rooms = new Map<string, Set<WebSocket>>();

  join(room: string, socket: WebSocket): void {
    const members = this.#rooms.get(room);
    if (members === undefined) this.#rooms.set(room, new Set([socket]));
    else members.add(socket);
  }

  leave(room: string, socket: WebSocket): void {
    const members = this.#rooms.get(room);
    if (members?.delete(socket) === true && members.size === 0) this.#rooms.delete(room);
  }

  members(room: string): ReadonlySet<WebSocket> {
    return this.#rooms.get(room) ?? NOBODY;
  }
}
