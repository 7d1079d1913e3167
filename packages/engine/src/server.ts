import { EventEmitter } from "node:events";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Refusal } from "./refusal.ts";
import { requireFunction, requireServer } from "./arguments.ts";
import { Attachments, type RequestInterceptor } from "./requests/attachments.ts";
import type { Clock } from "./time/clock.ts";
import type { EngineConnection } from "./sessions/engine-connection.ts";
import { corsMiddleware } from "./http/cors.ts";
import { startEnvironmentLog } from "./diagnostics/debug-log.ts";
import { ENGINE_ERRORS } from "./errors.ts";
import { RequestRouter, type RequestRouterContext } from "./requests/request-router.ts";
import type { GenerateId } from "./requests/session-terms.ts";
import type { Host, HostRequest } from "./host/host.ts";
import { NodeHttpExchange } from "./host/node/http-exchange.ts";
import type { NodeServer } from "./host/node/claims/claim.ts";
import { NodeHost } from "./host/node/node-host.ts";
import type { LibraryWebSocket } from "./host/node/websocket/library-port.ts";
import { OpenedWebSocketExchange } from "./host/node/opened-websocket-exchange.ts";
import { NodeUpgradeExchange } from "./host/node/upgrade-exchange.ts";
import { WebSocketAcceptor } from "./host/node/websocket/acceptor.ts";
import { type EngineCounters, Counters } from "./diagnostics/counters.ts";
import { LastPolls } from "./requests/last-polls.ts";
import type { Middleware } from "./http/middleware.ts";
import { warnOfUnknownOptions } from "./option-names.ts";
import { type AttachOptions, type EngineOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { CLOSE_STATUSES } from "./protocol/close-status.ts";
import { emitContained, shownPacket } from "./sessions/public-events.ts";
import { SessionRegistry } from "./sessions/session-registry.ts";
import { exposeQuery, exposedRequest } from "./http/request-query.ts";
import type { ServerEvents } from "./sessions/server-events.ts";
import { createIdSource } from "./sessions/session-id.ts";
import { TimerWheel } from "./time/timer-wheel.ts";
import { type AcceptorContext, WebTransportAcceptor } from "./requests/webtransport/acceptor.ts";
import type { WebTransportSession } from "./transport/webtransport-session.ts";

/**
 * An Engine.IO server for the hosts it is attached to. Emits each client as one `EngineConnection`,
 * over long-polling, WebSocket and WebTransport. Throws `INVALID_OPTION`.
 */
export class Server extends EventEmitter<ServerEvents> {
  readonly opts: ResolvedOptions;
  /** Generates session ids; may be replaced. Ids authorise requests: they must be unguessable. */
  generateId: GenerateId;
  readonly #createId = createIdSource();
  readonly #registry: SessionRegistry;
  readonly #counters = new Counters();
  readonly #middlewares: Middleware[] = [];
  readonly #clock: Clock;
  readonly #router: RequestRouter;
  readonly #webTransports: WebTransportAcceptor;
  readonly #attachments: Attachments;
  readonly #lastPolls = new LastPolls();
  #acceptor: WebSocketAcceptor | undefined;

  constructor(options: EngineOptions = {}, clock: Clock = new TimerWheel()) {
    super();
    startEnvironmentLog();
    this.opts = resolveOptions(options);
    warnOfUnknownOptions(options);
    this.#clock = clock;
    this.#registry = new SessionRegistry(this.opts);
    this.generateId = this.#createId;
    const owner = this.#owner();
    this.#router = new RequestRouter(owner, this.#registry, clock);
    this.#attachments = new Attachments(this.opts, this.#router, () => this.#onHostClosed());
    this.#webTransports = new WebTransportAcceptor(this.#acceptorOwner(owner), clock);
    if (this.opts.cors) this.use(corsMiddleware(this.opts.cors));
  }

  /** The open connections by session id. */
  get clients(): Readonly<Record<string, EngineConnection>> {
    return this.#registry.record;
  }

  get clientsCount(): number {
    return this.#registry.count;
  }

  /** Returns the counts since the engine was created. */
  counters(): EngineCounters {
    return this.#counters.counters();
  }

  /**
   * Adds a middleware for every request of the engine's path, upgrades included, called before any
   * check. Throws `INVALID_ARGUMENT` for a value that is not a function.
   */
  use(middleware: Middleware): this {
    requireFunction("The middleware given to engine.use()", middleware);
    this.#middlewares.push(middleware);
    return this;
  }

  /**
   * Takes the requests of its path on a Node server; an engine at a longer path gets that path's.
   * `owner` is the server's name in errors. Throws `ALREADY_ATTACHED` if the path is taken, and
   * `INVALID_ARGUMENT` for another kind of object.
   */
  attach(
    server: NodeServer,
    options?: AttachOptions,
    interceptor?: RequestInterceptor,
    owner?: string,
  ): this {
    requireServer("engine.attach()", server, this.opts.transports.includes("websocket"));
    const host = new NodeHost(server, this.#clock, this.opts);
    this.#attachments.add({ target: server, host }, options, interceptor, owner);
    return this;
  }

  /** Takes the requests of its path on any host. Throws like `attach`. */
  attachHost(host: Host, options?: AttachOptions, interceptor?: RequestInterceptor, owner?: string): this {
    this.#attachments.add({ target: host, host }, options, interceptor, owner);
    return this;
  }

  /**
   * Stops taking requests of this server or host, or of all, and restores a Node server's
   * listeners. Sessions stay open until `close`; until then long-polling ones get no more requests.
   */
  detach(target?: NodeServer | Host): this {
    this.#attachments.remove(target);
    return this;
  }

  /** Lets other engines take its place. Requests not taken arrive as before, until `detach`. */
  retire(): this {
    this.#attachments.retire();
    return this;
  }

  /** Handles a request of an HTTP server without attaching to it, whatever the path. */
  handleRequest(request: IncomingMessage, response: ServerResponse): void {
    this.#router.onRequest(new NodeHttpExchange(request, response), undefined);
  }

  /** Handles an upgrade request of an HTTP server without attaching to it, whatever the path. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#acceptor ??= new WebSocketAcceptor(
      { ...this.opts, maxPayload: this.opts.maxHttpBufferSize },
      this.#clock,
    );
    this.#router.onUpgrade(new NodeUpgradeExchange(request, socket, head, this.#acceptor), undefined);
  }

  /** Makes the query readable as `_query` on a request that is handled later. */
  prepare(request: IncomingMessage): void {
    exposeQuery(request);
  }

  /**
   * Takes a WebSocket whose handshake is complete, such as a framework's: an object with the
   * interface of the `ws` package. It is closed with 1008 where an upgrade would be refused.
   */
  onWebSocket(request: IncomingMessage, _socket: Duplex | undefined, webSocket: LibraryWebSocket): void {
    this.#router.onUpgrade(new OpenedWebSocketExchange(request, webSocket), undefined);
  }

  /**
   * Takes a WebTransport session of an HTTP/3 server (engine-protocol, "WebTransport"): any object
   * with the W3C interface. Its client must send its first packet within `upgradeTimeout`. There is
   * no request, so `generateId` and header events are not used; any middleware (such as `cors`)
   * closes it, and `allowRequest` does unless it upgrades an admitted session.
   */
  onWebTransportSession(session: WebTransportSession): void {
    this.#webTransports.accept(session);
  }

  /**
   * Closes all connections after what was sent on them. Only long-polling sessions whose messages
   * await the next poll outlast the call, by 5 s or `closeTimeout` at most: see `closed`. Hosts
   * stay attached, and their servers open.
   */
  close(): this {
    this.#router.reset();
    this.#webTransports.reset();
    this.#registry.forEach((connection) => {
      connection.flush();
      connection.end("brief", CLOSE_STATUSES.SERVER_CLOSED);
      this.#lastPolls.expect(connection);
    });
    return this;
  }

  /** Resolves when no client closed by `close` needs the HTTP server any more. */
  closed(): Promise<void> {
    return this.#lastPolls.over();
  }

  /** Sends the output of this turn now, as far as the peers can take it. */
  flush(): this {
    this.#registry.forEach((connection) => connection.settle());
    return this;
  }

  /** No more requests can arrive, so nothing is awaited any more. */
  #onHostClosed(): void {
    this.close();
    this.#registry.forEach((connection) => connection.close(true));
  }

  #owner(): RequestRouterContext {
    return {
      options: this.opts,
      middlewares: this.#middlewares,
      counters: this.#counters,
      generateId: (request) => this.generateId(request),
      ownId: () => (this.generateId === this.#createId ? this.#createId() : undefined),
      isTaken: (id) => this.#registry.find(id) !== undefined,
      onConnection: (connection) => this.#tell("connection", connection),
      onConnectionClosed: (connection) => this.#registry.remove(connection),
      onRefused: (request, refusal) => this.#reportRefusal(request, refusal),
      onHeaders: (headers, request, initial) => {
        if (initial) this.#emitHeaders("initial_headers", headers, request);
        this.#emitHeaders("headers", headers, request);
      },
      onFlush: (connection, batch) => {
        if (this.listenerCount("flush") > 0) this.#tell("flush", connection, batch.map(shownPacket));
      },
      onDrain: (connection) => {
        if (this.listenerCount("drain") > 0) this.#tell("drain", connection);
      },
    };
  }

  #acceptorOwner(owner: RequestRouterContext): AcceptorContext {
    return {
      options: owner.options,
      middlewares: owner.middlewares,
      find: (sid) => this.#registry.find(sid),
      sessionRefusal: () => this.#registry.refusalFor(undefined),
      onRefused: ({ code, context }) => this.#counters.refused(null, code, context),
      connect: (transport) => {
        const id = this.#createId();
        return this.#router.connect({ id, revision: 4, request: undefined, transport, topics: undefined });
      },
      onConnection: (connection) => owner.onConnection(connection),
    };
  }

  #emitHeaders(
    event: "initial_headers" | "headers",
    headers: OutgoingHttpHeaders,
    request: HostRequest,
  ): void {
    if (this.listenerCount(event) > 0) this.#tell(event, headers, exposedRequest(request));
  }

  #reportRefusal(request: HostRequest, refusal: Refusal): void {
    const { number, message } = ENGINE_ERRORS[refusal.code];
    const req = exposedRequest(request);
    this.#counters.refused(req, refusal.code, refusal.context);
    this.#tell("connection_error", { req, code: number, message, context: refusal.context });
  }

  /** Emits an event. A listener's exception is rethrown later; the client is still served. */
  #tell<Event extends keyof ServerEvents>(event: Event, ...values: ServerEvents[Event]): void {
    emitContained(this, event, ...values);
  }
}
