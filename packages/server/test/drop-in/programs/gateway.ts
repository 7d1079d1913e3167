import type { Server, ServerOptions, Socket } from "socket.io";

// The shape of a NestJS gateway and of its adapter.
interface OnGatewayConnection<T = any> {
  handleConnection(client: T, ...args: any[]): any;
}
interface OnGatewayInit<T = any> {
  afterInit(server: T): any;
}

const WebSocketGateway =
  (_port?: number, _options?: Partial<ServerOptions>) =>
  (..._target: any[]): any =>
    undefined;
const SubscribeMessage =
  (_name: string) =>
  (..._target: any[]): any =>
    undefined;

@WebSocketGateway(0, { cors: { origin: ["http://localhost"] }, namespace: "chat" } as Partial<ServerOptions>)
export class ChatGateway implements OnGatewayConnection<Socket>, OnGatewayInit<Server> {
  server?: Server;

  afterInit(server: Server): void {
    this.server = server;
    server.use((socket, next) => next(socket.handshake.auth["ok"] ? undefined : new Error("no")));
  }

  async handleConnection(client: Socket): Promise<void> {
    await client.join("all");
    client.emit("hello", { id: client.id });
  }

  @SubscribeMessage("say")
  say(client: Socket, payload: { text: string }): { event: string; data: unknown } {
    client.broadcast.to("all").emit("said", payload.text);
    return { event: "say", data: this.server?.sockets.adapter.rooms.get("all")?.size };
  }
}

export abstract class IoAdapter<
  TServer extends Server = Server,
  TOptions extends Partial<ServerOptions> = Partial<ServerOptions>,
> {
  abstract createIOServer(port: number, options?: TOptions): TServer;

  bindClientConnect(server: TServer, callback: (socket: Socket) => void): void {
    server.on("connection", callback);
  }
}
