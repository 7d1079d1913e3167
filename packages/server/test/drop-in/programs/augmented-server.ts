import { Namespace, Server } from "socket.io";

declare module "socket.io" {
  interface Server {
    startedAt?: Date;
    countOf(room: string): number;
  }
  interface Namespace {
    title?: string;
  }
}

Server.prototype.countOf = function (this: Server, room: string) {
  return this.sockets.adapter.rooms.get(room)?.size ?? 0;
};

export const io = new Server();
io.startedAt = new Date();
io.of("/admin").title = "Administration";
export const total: number = io.countOf("lobby");
export const title = (namespace: Namespace): string => namespace.title ?? namespace.name;
