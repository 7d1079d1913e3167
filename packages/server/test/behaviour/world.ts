import type { Server as HttpServer } from "node:http";
import type { Server, Socket } from "socket.io";
import { type Socket as Client, Manager, type ManagerOptions, type SocketOptions } from "socket.io-client";
import type { Implementation, Options, Place } from "./implementation.ts";
import { clientTransports, type Transport } from "./transport.ts";
import { inTime, once } from "./waiting.ts";
import { type HttpReply, type HttpRequest, http } from "./wire/http.ts";
import { startWire } from "./wire/start.ts";
import { TranscodedWire, type WireParser } from "./wire/transcoded-wire.ts";
import type { Packet, Wire } from "./wire/wire.ts";

export type ClientOptions = Partial<ManagerOptions & SocketOptions>;

/** A client and the server's socket for it. */
export interface Pair {
  client: Client;
  socket: Socket;
}

/** A server on a port of its own with its clients; `close` closes all of them. */
export class World {
  readonly transport: Transport;
  readonly #place: Place;
  readonly #parser: WireParser | undefined;
  readonly #clients: Client[] = [];
  readonly #wires: { drop(): void }[] = [];

  private constructor(place: Place, transport: Transport, parser: WireParser | undefined) {
    this.#place = place;
    this.#parser = parser;
    this.transport = transport;
  }

  static async start(implementation: Implementation, transport: Transport, options: Options): Promise<World> {
    return new World(await implementation.start(options), transport, implementation.parser);
  }

  get io(): Server {
    return this.#place.io;
  }

  get origin(): string {
    return this.#place.origin;
  }

  /** The server of `node:http`, for behaviours that are about it. */
  get httpServer(): HttpServer {
    const { httpServer } = this.#place;
    if (httpServer === undefined) throw new Error("this server does not run on node:http");
    return httpServer;
  }

  /** Response to a GET for an unknown name under the path. */
  get unknownName(): Place["unknownName"] {
    return this.#place.unknownName;
  }

  /**
   * A connection of the official client, for namespaces to share. Does not reconnect by default.
   */
  manager(options: ClientOptions = {}): Manager {
    return this.managerOf(this.origin, options);
  }

  /** The same, for a server at another place. */
  managerOf(origin: string, options: ClientOptions = {}): Manager {
    const transports = clientTransports(this.transport);
    const parser = this.#parser === undefined ? {} : { parser: this.#parser };
    return new Manager(origin, {
      transports,
      reconnection: false,
      autoConnect: false,
      ...parser,
      ...options,
    });
  }

  /** A client that has begun to connect, on a connection of its own unless a manager is given. */
  client(namespace = "/", options: ClientOptions = {}, manager = this.manager(options)): Client {
    const client = manager.socket(namespace, options);
    this.#clients.push(client);
    client.connect();
    return client;
  }

  /** A client that has joined `namespace`, and finished its upgrade if it makes one. */
  async connect(namespace = "/", options: ClientOptions = {}): Promise<Client> {
    const client = this.client(namespace, options);
    const refused = new Promise<never>((_, reject) => {
      client.once("connect_error", reject);
    });
    const upgraded =
      this.transport === "polling, then websocket" ? once(client.io.engine, "upgrade") : undefined;
    await Promise.race([Promise.all([once(client, "connect"), upgraded]), refused]);
    return client;
  }

  /** A client that has joined `namespace`, and its socket. */
  async pair(namespace = "/", options: ClientOptions = {}): Promise<Pair> {
    const client = await this.connect(namespace, options);
    return { client, socket: this.socket(client.id, namespace) };
  }

  /** The server's socket with that id. */
  socket(id: string | undefined, namespace = "/"): Socket {
    const socket = this.io.of(namespace).sockets.get(id ?? "");
    if (socket === undefined) throw new Error(`no socket ${id} in ${namespace}`);
    return socket;
  }

  /** A raw session that has joined nothing yet. */
  async wire(query = "", transport = this.transport): Promise<Wire> {
    const wire = await startWire(this.origin, transport, query);
    return this.keep(this.#parser === undefined ? wire : new TranscodedWire(wire, this.#parser));
  }

  /** A raw session in the main namespace, and the server's socket for it. */
  async joinedWire(): Promise<{ wire: Wire; socket: Socket }> {
    const wire = await this.wire();
    await wire.send("40");
    return { wire, socket: this.socket(connectedId(await wire.next())) };
  }

  /** Has `wire` dropped when the test is over. */
  keep<W extends { drop(): void }>(wire: W): W {
    this.#wires.push(wire);
    return wire;
  }

  /** Resolves when the server has been asked once more. Call it before the request is made. */
  async httpRequest(): Promise<void> {
    await this.#place.nextRequest();
  }

  /** An HTTP request under the server's path. */
  http(query: string, request: HttpRequest = {}): Promise<HttpReply> {
    return http(`${this.origin}/socket.io/${query}`, request);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    for (const wire of this.#wires) wire.drop();
    const closed = this.io.close();
    this.#place.release();
    await inTime(closed, "the server to close");
  }
}

/** The socket id in a CONNECT reply for the main namespace. */
export function connectedId(reply: Packet): string {
  const [, sid] = /^40\{"sid":"([\w-]{20})"\}$/.exec(String(reply)) ?? [];
  if (sid === undefined) throw new Error(`not a CONNECT reply: ${String(reply)}`);
  return sid;
}
