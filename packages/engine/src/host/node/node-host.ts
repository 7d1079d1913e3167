import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Alarm, Clock } from "../../clock.ts";
import type { Host, HostHandler, HostOptions } from "../host.ts";
import { NodeHttpExchange } from "./http-exchange.ts";
import { matchesPath } from "./path-match.ts";
import { NodeUpgradeExchange } from "./upgrade-exchange.ts";
import { type AcceptorOptions, WebSocketAcceptor } from "./websocket-acceptor.ts";

type RequestListener = (this: unknown, request: IncomingMessage, response: ServerResponse) => void;

/** What the host needs of a server of `node:http`, `node:https` or `node:http2`. */
export interface NodeServer {
  listeners(event: "request"): readonly unknown[];
  removeAllListeners(event: "request"): unknown;
  on(event: "request", listener: RequestListener): unknown;
  on(event: "upgrade", listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): unknown;
  on(event: "close", listener: () => void): unknown;
  off(event: "upgrade", listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): unknown;
  off(event: "close", listener: () => void): unknown;
}

/** The WebSocket settings that only this host has. */
export type NodeHostSettings = Omit<AcceptorOptions, "maxPayload">;

function ignoreError(): void {}

/** Ends an upgraded connection that no listener of the server has taken by the time it rings. */
class AbandonedUpgrade implements Alarm {
  readonly #socket: Duplex;
  readonly #written: number;

  constructor(socket: Duplex) {
    this.#socket = socket;
    this.#written = this.#bytesWritten;
  }

  ring(): void {
    if (this.#socket.writable && this.#bytesWritten === this.#written) this.#socket.end();
  }

  get #bytesWritten(): number {
    return (this.#socket as Socket).bytesWritten ?? 0;
  }
}

/** The engine on a Node HTTP server that somebody else owns. */
export class NodeHost implements Host {
  readonly #server: NodeServer;
  readonly #clock: Clock;
  readonly #settings: NodeHostSettings;
  #serving: { handler: HostHandler; options: HostOptions; acceptor: WebSocketAcceptor } | undefined;

  constructor(server: NodeServer, clock: Clock, settings: NodeHostSettings = {}) {
    this.#server = server;
    this.#clock = clock;
    this.#settings = settings;
  }

  serve(handler: HostHandler, options: HostOptions): void {
    const acceptor = new WebSocketAcceptor(
      { ...this.#settings, maxPayload: options.maxPayload },
      this.#clock,
    );
    this.#serving = { handler, options, acceptor };
    this.#takeRequests();
    this.#server.on("close", this.#onClose);
    if (options.webSocket) this.#server.on("upgrade", this.#onUpgrade);
  }

  close(): void {
    this.#serving = undefined;
    this.#server.off("close", this.#onClose);
    this.#server.off("upgrade", this.#onUpgrade);
  }

  /**
   * Stands in front of the request listeners that are there now. It stays there when the host is closed, passing all on:
   * another engine may have taken it over as one of its own predecessors.
   */
  #takeRequests(): void {
    const server = this.#server;
    const predecessors = server.listeners("request") as RequestListener[];
    server.removeAllListeners("request");
    server.on("request", (request, response) => {
      if (this.#matches(request)) {
        this.#serving?.handler.onRequest(new NodeHttpExchange(request, response));
        return;
      }
      for (const listener of predecessors) listener.call(server, request, response);
    });
  }

  #matches(request: IncomingMessage): boolean {
    return this.#serving !== undefined && matchesPath(request.url ?? "", this.#serving.options.path);
  }

  readonly #onClose = (): void => this.#serving?.handler.onHostClosed();

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const serving = this.#serving;
    if (serving === undefined) return;
    if (this.#matches(request)) {
      serving.handler.onUpgrade(new NodeUpgradeExchange(request, socket, head, serving.acceptor));
      return;
    }
    const patience = serving.options.destroyUpgradeTimeout;
    if (patience === undefined) return;
    // From the first moment: whoever takes the socket later adds a listener of its own.
    socket.on("error", ignoreError);
    this.#clock.arm(new AbandonedUpgrade(socket), this.#clock.now() + patience);
  };
}
