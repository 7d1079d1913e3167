import { createServer } from "node:http";
import { Server, type ServerOptions } from "socket.io";

type Factory<T> = (container: Container) => T;

export class Container {
  private readonly made = new Map<unknown, unknown>();

  get<T>(token: abstract new (...args: any[]) => T, factory?: Factory<T>): T {
    if (!this.made.has(token)) this.made.set(token, factory?.(this));
    return this.made.get(token) as T;
  }
}

export class Notifications {
  constructor(private readonly io: Server) {}

  notify(userId: string, text: string): boolean {
    return this.io.to(`user:${userId}`).emit("notification", { text });
  }
}

const OPTIONS: Partial<ServerOptions> = { path: "/rt", transports: ["websocket", "polling"] };
export const container = new Container();
export const io: Server = container.get(Server, () => new Server(createServer(), OPTIONS));
export const notifications = container.get(Notifications, (all) => new Notifications(all.get(Server)));
export type Io = InstanceType<typeof Server>;
export const pathOf = (server: Io): string => server.path();
pathOf(io);
