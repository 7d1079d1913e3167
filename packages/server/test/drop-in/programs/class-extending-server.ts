import { createServer, type Server as HttpServer } from "node:http";
import { type DefaultEventsMap, Server, type ServerOptions, type Socket } from "socket.io";

interface Incoming {
  move: (x: number, y: number) => void;
}
interface Outgoing {
  moved: (id: string, x: number, y: number) => void;
}

export class GameServer extends Server<Incoming, Outgoing, DefaultEventsMap, { score: number }> {
  private readonly players = new Map<string, Socket>();

  constructor(httpServer: HttpServer, options: Partial<ServerOptions> = {}) {
    super(httpServer, { ...options, cors: { origin: "*", credentials: true } });
    this.on("connection", (socket) => {
      socket.data.score = 0;
      socket.on("move", (x, y) => this.emit("moved", socket.id, x, y));
    });
  }

  get count(): number {
    return this.engine.clientsCount + this.players.size;
  }

  async stop(): Promise<void> {
    await this.close();
    this.httpServer.close();
  }
}

export const game = new GameServer(createServer());
export const countOf = (server: Server<Incoming, Outgoing, DefaultEventsMap, { score: number }>): number =>
  server.engine.clientsCount;
countOf(game);
