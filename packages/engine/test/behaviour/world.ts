import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";
import {
  Arrivals,
  type ClientResponse,
  type WebSocketAttempt,
  networkClient,
  RawWebSocket,
} from "@skein/testkit";
import { OfficialClient } from "./clients/official-client.ts";
import type { Engine, EngineSocket, Implementation, Options } from "./implementation.ts";
import type { Mode } from "./mode.ts";
import { ServerSide } from "./server-side.ts";
import { inTime, once } from "./waiting.ts";
import { PollingWire, type RequestParts } from "./wire/polling-wire.ts";
import { WebSocketWire } from "./wire/websocket-wire.ts";
import { type Opened, parseOpen, type Wire } from "./wire/wire.ts";

/** What `connection_error` tells. */
export interface Refused {
  readonly req: IncomingMessage;
  readonly code: number;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** Both ends of a session. */
export interface Session<Client> {
  readonly client: Client;
  readonly server: ServerSide;
}

/** A server that answers 404 to what is not the engine's. */
export function plainServer(): NetServer {
  return createServer((_request, response) => {
    response.writeHead(404).end("elsewhere");
  });
}

/** An engine on a real server with its clients, for one test. */
export class World {
  readonly engine: Engine;
  readonly mode: Mode;
  readonly http: NetServer;
  readonly refusals = new Arrivals<Refused>();
  readonly #implementation: Implementation;
  readonly #connections = new Arrivals<ServerSide>();
  readonly #sockets = new Set<Socket>();
  readonly #leftovers: (() => unknown)[] = [];

  private constructor(implementation: Implementation, mode: Mode, options: Options, http: NetServer) {
    this.#implementation = implementation;
    this.mode = mode;
    this.http = http;
    this.engine = implementation.createEngine({ allowEIO3: mode.revision === 3, ...options });
    this.engine.on("connection", (socket: EngineSocket) => this.#connections.push(new ServerSide(socket)));
    this.engine.on("connection_error", (refused: Refused) => this.refusals.push(refused));
    http.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static async start(
    implementation: Implementation,
    mode: Mode,
    options: Options,
    http: NetServer = plainServer(),
  ): Promise<World> {
    const world = new World(implementation, mode, options, http);
    world.engine.attach(http, options);
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    return world;
  }

  /** A second world beside this one, on a server of another kind; stops with it. */
  async another(http: NetServer, options: Options = {}): Promise<World> {
    const world = await World.start(this.#implementation, this.mode, options, http);
    this.#leftovers.push(() => world.stop());
    return world;
  }

  /** A further engine, attached to nothing. */
  createEngine(options: Options = {}): Engine {
    return this.#implementation.createEngine({ allowEIO3: this.mode.revision === 3, ...options });
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** The session whose `connection` comes next. */
  connection(): Promise<ServerSide> {
    return inTime(this.#connections.next(), "a connection");
  }

  refusal(): Promise<Refused> {
    return inTime(this.refusals.next(), "connection_error");
  }

  /** Runs when the world stops. */
  leave(undo: () => unknown): void {
    this.#leftovers.push(undo);
  }

  /** Breaks every connection to the server. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** A request target of this revision. */
  target(query: string, base = "/engine.io/"): string {
    return `${base}?EIO=${this.mode.revision}&${query}`;
  }

  request(path: string, parts: RequestParts = {}): Promise<ClientResponse> {
    return inTime(networkClient(this.port).request({ path, ...parts }).response, `the answer to ${path}`);
  }

  /** Asks for a WebSocket; `path` is the whole target. */
  attempt(path: string, headers?: Readonly<Record<string, string>>): Promise<WebSocketAttempt> {
    return inTime(networkClient(this.port).webSocket(path, headers), "the answer to an upgrade");
  }

  /** A client that may say anything, on a WebSocket of its own or of the session `sid`. */
  async rawWebSocket(sid = "", early?: Uint8Array): Promise<RawWebSocket> {
    const target = this.target(`transport=websocket${sid === "" ? "" : `&sid=${sid}`}`);
    const webSocket = await inTime(RawWebSocket.open(this.port, target, early), "a WebSocket");
    this.#leftovers.push(() => webSocket.end());
    return webSocket;
  }

  /** A polling session. */
  async polling(query = ""): Promise<Session<PollingWire> & { readonly opened: Opened }> {
    const client = new PollingWire(this.port, this.mode.revision);
    const [opened, server] = await Promise.all([client.handshake(query), this.connection()]);
    return { client, server, opened };
  }

  /** A WebSocket session. */
  async webSocket(query = ""): Promise<Session<WebSocketWire> & { readonly opened: Opened }> {
    const client = await this.candidate(query);
    const [opened, server] = await Promise.all([client.next().then(parseOpen), this.connection()]);
    return { client, server, opened };
  }

  /** A WebSocket without more: that of a new session, or a candidate for an upgrade. */
  candidate(query: string): Promise<WebSocketWire> {
    const { revision } = this.mode;
    return WebSocketWire.open(this.port, this.target(`transport=websocket${query}`), revision);
  }

  /** A session that has just moved from polling to WebSocket. */
  async upgraded(): Promise<
    Session<WebSocketWire> & { readonly opened: Opened; readonly polling: PollingWire }
  > {
    const { client: polling, server, opened } = await this.polling();
    const client = await this.candidate(`&sid=${opened.sid}`);
    await client.send("2probe");
    if ((await client.next()) !== "3probe") throw new Error("the probe was not answered");
    const upgraded = once(server.socket, "upgrade");
    await client.send("5");
    await upgraded;
    return { client, server, opened, polling };
  }

  /** A session of this run's mode, whose client speaks only when told to. */
  open(): Promise<Session<Wire> & { readonly opened: Opened }> {
    switch (this.mode.path) {
      case "polling":
        return this.polling();
      case "websocket":
        return this.webSocket();
      case "polling, then websocket":
        return this.upgraded();
    }
  }

  /** The official client, still on its way. */
  startClient(options: object = {}): OfficialClient {
    const client = new OfficialClient(`http://127.0.0.1:${this.port}`, this.mode, options);
    this.#leftovers.push(() => client.close());
    return client;
  }

  /** A session of this run's mode with the official client, its upgrade done. */
  async client(options: object = {}): Promise<Session<OfficialClient>> {
    const client = this.startClient(options);
    const [server] = await Promise.all([this.connection(), client.opened]);
    if (this.mode.path !== "polling, then websocket") return { client, server };
    // The client tells of its upgrade before the server has heard of it.
    const upgraded = server.socket.upgraded ? undefined : once(server.socket, "upgrade");
    await Promise.all([upgraded, client.upgraded]);
    return { client, server };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#leftovers.map((undo) => undo()));
    this.engine.close();
    this.hangUp();
    await new Promise((resolve) => this.http.close(resolve));
  }
}
