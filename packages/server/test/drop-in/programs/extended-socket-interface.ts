import { Server, type Socket } from "socket.io";

interface User {
  id: string;
}

export interface AuthenticatedSocket extends Socket {
  account: User;
}

export interface TypedAuthenticatedSocket
  extends Socket<{ say: (text: string) => void }, { said: (text: string) => void }> {
  account: User;
}

export type SocketWithUser = Socket & { account: User };

export const io = new Server();
io.use((socket, next) => {
  (socket as AuthenticatedSocket).account = { id: socket.id };
  next();
});
io.on("connection", (socket) => {
  const known = socket as SocketWithUser;
  greet(socket as AuthenticatedSocket);
  socket.join(known.account.id);
});

function greet(socket: AuthenticatedSocket): void {
  socket.emit("welcome", socket.account.id);
}

export function say(socket: TypedAuthenticatedSocket): void {
  socket.on("say", (text) => socket.emit("said", `${socket.account.id}: ${text}`));
}
