import type { Namespace, RemoteSocket, Server, Socket } from "socket.io";
import type { DefaultEventsMap } from "socket.io";

export interface Services {
  readonly io: Server;
  readonly admin: Namespace;
}

export type AnySocket = Socket<any, any, any, any>;
export type AnyServer = Server<any, any, any, any>;
export type Handler<T = void> = (this: Services, socket: AnySocket, payload: T) => void | Promise<void>;

export function attach(services: Services, handlers: Record<string, Handler<any>>): void {
  services.io.on("connection", (socket: Socket<DefaultEventsMap, DefaultEventsMap>) => {
    for (const [name, handler] of Object.entries(handlers)) {
      socket.on(name, (payload) => void handler.call(services, socket, payload));
    }
  });
}

export const erase = (io: AnyServer, socket: AnySocket): void => {
  io.to(socket.id).emit("anything", 1, "two");
  socket.emit("anything");
};

export const idsOf = (sockets: RemoteSocket<any, any>[]): string[] => sockets.map(({ id }) => id);
