import type { Namespace, Server, Socket } from "socket.io";

export abstract class Controller {
  protected readonly namespace: Namespace;

  constructor(
    protected readonly io: Server,
    path: string,
  ) {
    this.namespace = io.of(path);
    this.namespace.on("connection", this.onConnection);
  }

  private readonly onConnection = (socket: Socket): void => {
    socket.onAny((event: string, ...args: unknown[]) => this.handle(socket, event, args));
    socket.on("disconnect", (reason) => this.left(socket, reason));
    socket.on("disconnecting", () => {
      for (const room of socket.rooms) if (room !== socket.id) socket.to(room).emit("left", socket.id);
    });
    socket.on("error", (error) => console.error(error.message));
  };

  protected abstract handle(socket: Socket, event: string, args: unknown[]): void;

  protected left(socket: Socket, reason: string): void {
    this.namespace.emit("left", socket.id, reason);
  }
}

export class Chat extends Controller {
  protected handle(socket: Socket, event: string, args: unknown[]): void {
    if (event === "say") this.namespace.to([...socket.rooms]).emit(event, ...args);
  }
}
