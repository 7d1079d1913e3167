import type { Server } from "socket.io";
import { BROADCAST_TEXT } from "./texts.ts";

export type Io = Pick<Server, "on" | "emit" | "to" | "except" | "sockets" | "attach" | "attachApp">;

type Application = Pick<Server, "on" | "emit" | "to" | "except" | "sockets">;

/**
 * Starts the same application on either Socket.IO server, as they share one API. Returns a function
 * that puts its sockets into rooms.
 */
export function application(io: Application): (perRoom: number) => void {
  io.on("connection", (socket) => {
    socket.on("e", (value: unknown) => {
      socket.emit("e", value);
    });
    socket.on("a", (value: unknown, reply: (value: unknown) => void) => {
      reply(value);
    });
    socket.on("join", (first: number, count: number, reply: () => void) => {
      for (let room = first; room < first + count; room++) void socket.join(`t${room}`);
      reply();
    });
    socket.on("leave", (first: number, count: number, reply: () => void) => {
      for (let room = first; room < first + count; room++) void socket.leave(`t${room}`);
      reply();
    });
    socket.on("shout", (times: number, room: string, except: string) => {
      for (let index = 0; index < times; index++) shout(io, room, except);
    });
  });
  return (perRoom) => {
    let index = 0;
    for (const socket of io.sockets.sockets.values()) void socket.join(`r${Math.floor(index++ / perRoom)}`);
  };
}

function shout(io: Application, room: string, except: string): void {
  if (room !== "") io.to(room).emit("b", BROADCAST_TEXT);
  else if (except !== "") io.except(except).emit("b", BROADCAST_TEXT);
  else io.emit("b", BROADCAST_TEXT);
}
