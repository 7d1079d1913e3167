import { Server, Socket } from "socket.io";

export interface ServerToClientEvents {
  noArg: () => void;
  basicEmit: (a: number, b: string, c: Buffer) => void;
  withAck: (d: string, callback: (e: number) => void) => void;
}
export interface ClientToServerEvents {
  hello: () => void;
  message: (text: string, callback: (ok: boolean) => void) => void;
}
export interface InterServerEvents {
  ping: () => void;
}
export interface SocketData {
  name: string;
  age: number;
}

export const io = new Server<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>();

io.on("connection", (socket) => {
  socket.emit("noArg");
  socket.emit("basicEmit", 1, "2", Buffer.from([3]));
  socket.emit("withAck", "4", (e) => console.log(e.toFixed()));
  socket.to("room").emit("noArg");
  socket.broadcast.emit("basicEmit", 1, "2", Buffer.of(3));
  socket.on("hello", () => undefined);
  socket.on("message", (text, callback) => callback(text.length > 0));
  socket.data.name = "ann";
  socket.data.age = 42;
});
io.emit("noArg");
io.to("room").emit("basicEmit", 1, "2", Buffer.from([3]));
io.serverSideEmit("ping");
io.on("ping", () => undefined);

export function register(
  socket: Socket<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>,
): void {
  socket.once("hello", () => socket.emit("noArg"));
}
