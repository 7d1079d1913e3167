import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Alarm, Clock } from "../../time/clock.ts";
import type { Host, HostHandler, HostOptions } from "../host.ts";
import type { Claim, NodeServer } from "./claims/claim.ts";
import { ServerClaims } from "./claims/server-claims.ts";
import { NodeHttpExchange } from "./http-exchange.ts";
import { NodeUpgradeExchange } from "./upgrade-exchange.ts";
import { type AcceptorOptions, WebSocketAcceptor } from "./websocket/acceptor.ts";

/** The WebSocket settings that only this host has. */
export type NodeHostSettings = Omit<AcceptorOptions, "maxPayload">;

/** The options of a host as a claim to requests of its server. */
class Serving implements Claim {
  readonly path: string;
  readonly owner: string;
  readonly webSocket: boolean;
  readonly destroyUpgradeTimeout: number | undefined;
  retired = false;
  readonly #handler: HostHandler;
  readonly #acceptor: WebSocketAcceptor;
  readonly #clock: Clock;

  constructor(handler: HostHandler, options: HostOptions, acceptor: WebSocketAcceptor, clock: Clock) {
    this.path = options.path;
    this.owner = options.owner ?? "an engine";
    this.webSocket = options.webSocket;
    this.destroyUpgradeTimeout = options.destroyUpgradeTimeout;
    this.#handler = handler;
    this.#acceptor = acceptor;
    this.#clock = clock;
  }

  onRequest(request: IncomingMessage, response: ServerResponse): void {
    this.#handler.onRequest(new NodeHttpExchange(request, response));
  }

  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#handler.onUpgrade(new NodeUpgradeExchange(request, socket, head, this.#acceptor));
  }

  later(alarm: Alarm, milliseconds: number): void {
    this.#clock.arm(alarm, this.#clock.now() + milliseconds);
  }

  readonly onServerClosed = (): void => this.#handler.onHostClosed();
}

/** An engine's host on a Node HTTP server. The server belongs to the caller. */
export class NodeHost implements Host {
  readonly #server: NodeServer;
  readonly #clock: Clock;
  readonly #settings: NodeHostSettings;
  #serving: Serving | undefined;

  constructor(server: NodeServer, clock: Clock, settings: NodeHostSettings = {}) {
    this.#server = server;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Throws `ALREADY_ATTACHED` when another host takes the requests of the path on this server. */
  serve(handler: HostHandler, options: HostOptions): void {
    this.close();
    const { maxPayload } = options;
    const acceptor = new WebSocketAcceptor({ ...this.#settings, maxPayload }, this.#clock);
    const serving = new Serving(handler, options, acceptor, this.#clock);
    ServerClaims.of(this.#server).add(serving);
    this.#serving = serving;
    this.#server.on("close", serving.onServerClosed);
  }

  retire(): void {
    if (this.#serving !== undefined) this.#serving.retired = true;
  }

  close(): void {
    const serving = this.#serving;
    if (serving === undefined) return;
    this.#serving = undefined;
    this.#server.off("close", serving.onServerClosed);
    ServerClaims.of(this.#server).remove(serving);
  }
}
