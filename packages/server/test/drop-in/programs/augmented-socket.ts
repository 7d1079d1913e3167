import type { Socket } from "socket.io";
import { Server } from "socket.io";

declare module "socket.io" {
  interface Socket {
    user?: { id: string; name: string };
    requestId: string;
  }
}

export const io = new Server();

io.use((socket, next) => {
  socket.user = { id: "1", name: "ann" };
  socket.requestId = "r1";
  next();
});

io.on("connection", (socket) => {
  const name: string | undefined = socket.user?.name;
  console.log(name, socket.requestId.length);
});

export async function names(): Promise<(string | undefined)[]> {
  const sockets: Socket[] = [...io.sockets.sockets.values()];
  return sockets.map((socket) => socket.user?.name);
}
