import { Server } from "socket.io";

export const io = new Server();

const { adapter } = io.of("/");
adapter.on("create-room", (room: string) => console.log(room));
adapter.on("join-room", (room: string, id: string) => console.log(room, id));
adapter.on("leave-room", (room: string, id: string) => console.log(room, id));

export const clientsIn = (room: string): string[] => Array.from(io.sockets.adapter.rooms.get(room) ?? []);
export const roomsOf = (id: string): Set<string> | undefined => io.sockets.adapter.sids.get(id);
export const isEmpty = (room: string): boolean => !io.of("/chat").adapter.rooms.has(room);
export const connected: number = io.of("/").sockets.size;
export const socketOf = (id: string): boolean => io.sockets.sockets.get(id)?.connected ?? false;
