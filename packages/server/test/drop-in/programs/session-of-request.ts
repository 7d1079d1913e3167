import { createServer, type IncomingMessage } from "node:http";
import { Server, type Socket } from "socket.io";

interface Session {
  id: string;
  userId?: number;
  reload(callback: (error?: Error) => void): void;
}

declare module "http" {
  interface IncomingMessage {
    session: Session;
    cookieHash?: Record<string, string>;
  }
}

export const io = new Server(createServer());

io.use((socket, next) => {
  const { request } = socket;
  if (request.session.userId !== undefined) return next();
  next(new Error("unauthorized"));
});

io.on("connection", (socket) => {
  const request: IncomingMessage = socket.request;
  void socket.join(request.session.id);
  socket.use((_event, next) => socket.request.session.reload(next));
  console.log(socket.request.headers.cookie, socket.request.url?.length, socket.client.request.method);
});

export const addressOf = (socket: Socket): string | undefined => socket.request.socket.remoteAddress;
