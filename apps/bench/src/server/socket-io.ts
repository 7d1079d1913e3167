import type { Server } from "socket.io";
import { BROADCAST_TEXT, type Subject } from "./subject.ts";

export type Io = Pick<Server, "on" | "emit" | "to" | "except" | "sockets" | "attach" | "attachApp">;

/** The same application for both Socket.IO servers: they share one API. */
export function application(io: Io): Omit<Subject, "port" | "close"> {
  io.on("connection", (socket) => {
    socket.on("e", (value: unknown) => {
      socket.emit("e", value);
    });
    socket.on("a", (value: unknown, reply: (value: unknown) => void) => {
      reply(value);
    });
    socket.on("rooms", (count: number, reply: () => void) => {
      for (let index = 0; index < count; index++) void socket.join(`t${index}`);
      for (let index = 0; index < count; index++) void socket.leave(`t${index}`);
      reply();
    });
  });
  return {
    broadcast(times, room, except) {
      for (let index = 0; index < times; index++) {
        if (room !== undefined) io.to(room).emit("b", BROADCAST_TEXT);
        else if (except !== undefined) io.except(except).emit("b", BROADCAST_TEXT);
        else io.emit("b", BROADCAST_TEXT);
      }
    },
    place(perRoom) {
      let index = 0;
      for (const socket of io.sockets.sockets.values()) void socket.join(`r${Math.floor(index++ / perRoom)}`);
    },
  };
}
