import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  io as connect,
  type ManagerOptions,
  type Socket as ClientSocket,
  type SocketOptions,
} from "socket.io-client";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { type ErrorReport, Server, type ServerOptions } from "../../src/index.ts";

type ClientOptions = Partial<ManagerOptions & SocketOptions>;

/** How a WebSocket ended for its client. */
export interface Close {
  readonly code: number;
  readonly reason: string;
}

/** A raw WebSocket session: what it received, in order, one packet at a time. */
export class RawClient {
  readonly socket: WebSocket;
  readonly #received: string[] = [];
  readonly #closed: Promise<Close>;
  #wake: (() => void) | undefined;

  constructor(url: string, revision = 4) {
    this.socket = new WebSocket(
      `${url.replace("http", "ws")}/socket.io/?EIO=${revision}&transport=websocket`,
    );
    this.#closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.socket.on("message", (data: Buffer) => {
      this.#received.push(data.toString());
      this.#wake?.();
    });
  }

  send(...messages: string[]): void {
    for (const message of messages) this.socket.send(message);
  }

  async next(): Promise<string> {
    while (this.#received.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#received.shift() ?? "";
  }

  closed(): Promise<Close> {
    return this.#closed;
  }
}

/** What a server runs on. */
export const hostNames = ["Node", "µWebSockets.js"] as const;
type HostName = (typeof hostNames)[number];

/** A server on a port of its own, and its clients; all gone when the test is over. */
export class World {
  readonly io: Server;
  readonly url: string;

  private constructor(io: Server, url: string) {
    this.io = io;
    this.url = url;
  }

  static start(options: ServerOptions = {}, host: HostName = "Node"): Promise<World> {
    return host === "Node" ? World.#onNode(options) : World.#onUws(options);
  }

  static async #onUws(options: ServerOptions): Promise<World> {
    // Most tests do without the addon.
    const { listen, newApp } = await import("../uws/support/app.ts");
    const app = newApp();
    const io = new Server(options);
    io.attachApp(app);
    onTestFinished(() => {
      app.close();
      return io.close();
    });
    return new World(io, await listen(app));
  }

  static async #onNode(options: ServerOptions): Promise<World> {
    const http = createServer();
    const io = new Server(http, options);
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    onTestFinished(() => {
      http.closeAllConnections();
      return io.close();
    });
    return new World(io, `http://127.0.0.1:${(http.address() as AddressInfo).port}`);
  }

  /** What is reported of the application's errors from now on. */
  reports(): ErrorReport[] {
    const reports: ErrorReport[] = [];
    this.io.onError((report) => reports.push(report));
    return reports;
  }

  /** An official client, connected to `namespace` on a connection of its own. */
  async client(namespace = "/", options: ClientOptions = {}): Promise<ClientSocket> {
    const client = this.connecting(namespace, options);
    await new Promise<void>((resolve, reject) => {
      client.once("connect", resolve).once("connect_error", reject);
    });
    return client;
  }

  /** An official client that has begun to connect. */
  connecting(namespace = "/", options: ClientOptions = {}): ClientSocket {
    const client = connect(`${this.url}${namespace}`, { forceNew: true, reconnection: false, ...options });
    onTestFinished(() => void client.disconnect());
    return client;
  }

  /** A raw session, open and in no namespace. */
  async raw(revision = 4): Promise<RawClient> {
    const raw = new RawClient(this.url, revision);
    onTestFinished(() => raw.socket.terminate());
    await raw.next();
    return raw;
  }

  /** The connected socket of a client. */
  socketOf(client: ClientSocket, namespace = "/") {
    const socket = this.io.of(namespace).sockets.get(client.id ?? "");
    if (socket === undefined) throw new Error("no such socket");
    return socket;
  }
}

/** Resolves to the arguments of the next event of this name. */
export function next(client: ClientSocket, event: string): Promise<unknown[]> {
  return new Promise((resolve) => {
    client.once(event, (...args: unknown[]) => resolve(args));
  });
}
