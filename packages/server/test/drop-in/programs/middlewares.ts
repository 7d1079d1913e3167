import type { Event, ExtendedError, Namespace, Socket } from "socket.io";
import { Server } from "socket.io";

type Next = (err?: ExtendedError) => void;
type Middleware = Parameters<Namespace["use"]>[0];

class AuthError extends Error {
  data = { code: "AUTH" };
}

export const authenticate: Middleware = (socket, next) => {
  const token = socket.handshake.auth["token"];
  if (typeof token !== "string") return next(new AuthError("no token"));
  socket.data.token = token;
  next();
};

export async function load(socket: Socket, next: Next): Promise<void> {
  try {
    socket.data.user = await Promise.resolve({ id: 1 });
    next();
  } catch (error) {
    next(error as ExtendedError);
  }
}

export const wrap =
  (middleware: (request: any, response: any, next: (error?: unknown) => void) => void) =>
  (socket: Socket, next: Next): void =>
    middleware(socket.request, {}, next as (error?: unknown) => void);

export const io = new Server();
io.use(authenticate);
io.use(load);
io.use(wrap((_request, _response, next) => next()));
io.of("/admin").use(authenticate);
io.on("connection", (socket) => {
  socket.use(([name, ...args]: Event, next) => {
    if (name === "secret" && args.length === 0) return next(new Error("not yours"));
    next();
  });
});
