import type { Socket } from "socket.io";
import { Server } from "socket.io";

interface Session {
  csrf: string;
}

declare module "socket.io" {
  interface Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    csrfSession?: Session;
  }
}

interface Incoming {
  save: (text: string) => void;
}
interface Outgoing {
  saved: (id: number) => void;
}

export const io = new Server<Incoming, Outgoing>();
io.on("connection", (socket) => {
  socket.on("save", (text) => {
    if (socket.csrfSession?.csrf === text) socket.emit("saved", text.length);
  });
});
export const csrf = (socket: Socket<Incoming, Outgoing>): string | undefined => socket.csrfSession?.csrf;
