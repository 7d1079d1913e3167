import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Arrivals, RawPolling, RawWebSocket } from "@skein/testkit";
import {
  type AttachOptions,
  type CloseReason,
  type ConnectionError,
  type EngineConnection,
  type EngineOptions,
  Server,
} from "@skein/engine";

/** The arguments of a connection's `close` event. */
export interface Ended {
  readonly reason: CloseReason;
  readonly message: string | undefined;
}

/** A connection, and everything it has told. */
export class Client {
  readonly connection: EngineConnection;
  readonly messages = new Arrivals<string | Uint8Array>();
  readonly ended: Promise<Ended>;

  /** `echo`: whether messages are sent back, or which of them. */
  constructor(connection: EngineConnection, echo: boolean | ((data: string | Uint8Array) => boolean)) {
    this.connection = connection;
    this.ended = new Promise((resolve) => {
      connection.listen({
        onMessage: (data) => {
          this.messages.push(data);
          if (typeof echo === "function" ? echo(data) : echo) connection.send(data);
        },
        onClose: (reason, cause) =>
          resolve({ reason, message: cause instanceof Error ? cause.message : undefined }),
      });
    });
  }
}

/** An engine on a real server, for one test. */
export class RunningEngine {
  readonly engine: Server;
  readonly http: HttpServer;
  readonly clients = new Arrivals<Client>();
  readonly refusals: ConnectionError[] = [];
  readonly #sockets = new Set<Socket>();

  constructor(engine: Server, http: HttpServer, echo: boolean) {
    this.engine = engine;
    this.http = http;
    http.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    engine.on("connection", (connection) => this.clients.push(new Client(connection, echo)));
    engine.on("connection_error", (error) => this.refusals.push(error));
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  polling(): RawPolling {
    return new RawPolling(this.port);
  }

  /** A WebSocket at the engine's path; `query` follows `?EIO=4&transport=websocket`. */
  webSocket(query = "", early?: Uint8Array): Promise<RawWebSocket> {
    return RawWebSocket.open(this.port, `/engine.io/?EIO=4&transport=websocket${query}`, early);
  }

  async stop(): Promise<void> {
    this.engine.close();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.http.close(resolve));
  }
}

const running = new Set<RunningEngine>();

/** Starts an engine that echoes nothing unless asked to. Requests elsewhere are answered 404. */
export async function startEngine(
  options: EngineOptions & AttachOptions & { echo?: boolean; prepare?: (engine: Server) => void } = {},
): Promise<RunningEngine> {
  const { echo = false, prepare, ...rest } = options;
  const http = createServer((_request, response) => {
    response.writeHead(404).end("elsewhere");
  });
  const engine = new Server(rest);
  prepare?.(engine);
  engine.attach(http, rest);
  const started = new RunningEngine(engine, http, echo);
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  running.add(started);
  return started;
}

/** Stops what the test has started. */
export async function stopEngines(): Promise<void> {
  await Promise.all([...running].map((engine) => engine.stop()));
  running.clear();
}

/** Resolves when a message would leave at once: a poll is pending, or a WebSocket has drained. */
export async function untilWritable(connection: {
  readonly transport: { readonly writable: boolean };
}): Promise<void> {
  while (!connection.transport.writable) await new Promise((resolve) => setImmediate(resolve));
}
