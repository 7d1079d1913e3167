import type { WebSocket } from "uWebSockets.js";
import type { Subject } from "../subject.ts";
import { answer, FRAME, OPEN, type RawServer } from "./raw.ts";
import { subjectServer } from "./subject-server.ts";
import { listenUws, type UwsApp } from "./uws.ts";

type Socket = WebSocket<unknown>;

const ALL = "all";

/** A bare µWebSockets.js server: its native topics are the rooms. */
export async function rawUws(): Promise<Subject> {
  const sockets = new Set<Socket>();
  const port = await listenUws((app) => {
    const server = rawServer(app, sockets);
    app.ws("/*", {
      open(socket) {
        sockets.add(socket);
        socket.subscribe(ALL);
        socket.send(OPEN);
      },
      message(socket, data, isBinary) {
        if (isBinary) socket.send(data, true);
        else answer(server, socket, Buffer.from(data).toString());
      },
      close(socket) {
        sockets.delete(socket);
      },
    });
  });
  return subjectServer(port, (perRoom) => {
    let index = 0;
    for (const socket of sockets) socket.subscribe(`r${Math.floor(index++ / perRoom)}`);
  });
}

function rawServer(app: UwsApp, sockets: ReadonlySet<Socket>): RawServer<Socket> {
  return {
    send: (socket, text) => void socket.send(text),
    join: (socket, room) => void socket.subscribe(room),
    leave: (socket, room) => void socket.unsubscribe(room),
    broadcast(room, except) {
      if (except === "") app.publish(room === "" ? ALL : room, FRAME, false);
      // Topics do not support exceptions.
      else for (const socket of sockets) if (!socket.isSubscribed(except)) socket.send(FRAME);
    },
  };
}
