import { CLOSE_STATUSES, type Connection, type Server as Engine, warnOfUnknownOptions } from "@skein/engine";
import type { PacketEncoder } from "@skein/parser";
import type { UwsApp, UwsHostOptions } from "@skein/uws-bridge";
import type { EventEmitter } from "node:events";
import type { Namespace as NamespaceApi, NamespaceMiddleware, Socket as SocketApi } from "../api.ts";
import { requireOptions } from "../runtime/argument-checks.ts";
import { Client } from "../connection/client.ts";
import type { ForeignConnection, ForeignEngine } from "../compat/foreign-engine.ts";
import { nameServer } from "../compat/server-names.ts";
import type { AdapterChoice } from "../compat/third-party-adapter.ts";
import { Endpoints, engineOnApp, engineOnHttp } from "./endpoints.ts";
import type { ErrorHandler } from "../application/error-reports.ts";
import type { DefaultEventsMap, EventsMap } from "../events/event-maps.ts";
import { httpServerOf, type TServerInstance } from "./http-server.ts";
import { MainNamespaceProxy } from "./main-namespace-proxy.ts";
import type { NamespaceMatcher } from "../namespace/namespace-registry.ts";
import { connectTime, mergeAttachOptions, normalPath, type ServerOptions } from "../options.ts";
import { serverParts } from "./server-arguments.ts";
import { ServerState } from "./server-state.ts";
import { closeUnreachable, shutDown } from "./shutdown.ts";

/**
 * A Socket.IO server. As an event emitter, and for everything that sends, it stands for its main namespace `/`
 * (server-api, "Server").
 *
 * `ListenEvents`: events from clients; `EmitEvents`: events to clients; `ServerSideEvents`: events between servers; `SocketData`: type of `socket.data`.
 */
export class Server<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  // oxlint-disable-next-line typescript/no-explicit-any -- the default of those who declare nothing
  SocketData = any,
> extends MainNamespaceProxy<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
  /** The main namespace. */
  sockets: NamespaceApi<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  /** The options that the server was made with. */
  readonly opts: ServerOptions;
  /** Encodes the packets of all connections. */
  readonly encoder: PacketEncoder;
  /** The engine that was attached last; undefined before. */
  declare engine: Engine & EventEmitter;
  /** The HTTP server that was attached last; undefined before, and with µWebSockets.js. */
  declare httpServer: TServerInstance;
  readonly #core: ServerState;
  readonly #engines = new Set<Engine | ForeignEngine>();
  /** Of these the ones that take nobody new, because they are being closed. */
  readonly #closing = new Set<Engine | ForeignEngine>();
  #endpoints = new Endpoints();
  /** False once `httpServer` was detached: it is its owner's to close then. */
  #closesHttpServer = true;
  #path: string;
  #serveClient: boolean;

  constructor(options?: ServerOptions);
  constructor(server: TServerInstance | number | undefined, options?: ServerOptions);
  constructor(first?: TServerInstance | number | ServerOptions, second: ServerOptions = {}) {
    super();
    const { target, options } = serverParts(first, second);
    this.opts = options;
    this.#core = new ServerState(options, this);
    nameServer(this, { namespaces: this.#core.namespaces.byName });
    this.#path = this.#core.settings.path;
    this.#serveClient = this.#core.settings.serveClient;
    this.encoder = this.#core.encoder;
    this.sockets = this.of("/");
    warnOfUnknownOptions(options);
    if (target !== undefined) this.attach(target);
  }

  // Being reachable.

  /**
   * Takes the requests of its path on an HTTP server, or on one that it makes and that listens on this port. Options of
   * the constructor win over those given here. May be called for several servers: they share the namespaces. Throws an
   * `EngineError` with the code `ALREADY_ATTACHED` when another one takes these requests of the server; where one path
   * begins with another, the longer one has what it matches.
   */
  attach(server: TServerInstance | number, options: ServerOptions = {}): this {
    requireOptions("attach()", options);
    const httpServer = httpServerOf(server);
    const merged = mergeAttachOptions(options, this.opts, this.#path);
    const endpoint = engineOnHttp(httpServer, merged, this.#serveClient ? () => this.#path : undefined);
    this.#endpoints.add(endpoint);
    this.httpServer = httpServer;
    this.#closesHttpServer = true;
    return this.bind(endpoint.engine);
  }

  /** Same as `attach`. */
  listen(server: TServerInstance | number, options: ServerOptions = {}): this {
    return this.attach(server, options);
  }

  /**
   * Takes the requests of its path on a µWebSockets.js app, which its owner lets listen, before or after, and closes.
   * Options of the constructor win over those given here. Throws an `EngineError` with the code `ALREADY_ATTACHED` when
   * the path is taken on this app.
   */
  attachApp(app: UwsApp, options: ServerOptions & UwsHostOptions = {}): void {
    requireOptions("attachApp()", options);
    const merged = { ...options, ...mergeAttachOptions(options, this.opts, this.#path) };
    const endpoint = engineOnApp(app, merged, this.#serveClient);
    this.#endpoints.add(endpoint);
    this.#core.publishNatively(endpoint.topics);
    this.bind(endpoint.engine);
  }

  /**
   * Gives an HTTP server or an app back, or all of them, without closing it: the listeners of an HTTP server are as they
   * were before `attach`, in their order. The routes of an app can't be removed, and pass all requests on. Ends the
   * connections that came this way; namespaces, listeners and other connections stay. `close` does not close what was
   * detached. May be attached again at once.
   */
  detach(target?: TServerInstance | UwsApp): this {
    for (const engine of this.#endpoints.detach(target)) {
      this.#engines.delete(engine);
      closeUnreachable(engine);
    }
    if ((target ?? this.httpServer) === this.httpServer) this.#closesHttpServer = false;
    return this;
  }

  /**
   * Takes the connections of an engine that somebody else made and attached: Skein's, or one written for Socket.IO, such
   * as the published `engine.io`. Client files are not served then: that is a matter of `attach`.
   */
  bind(engine: Engine | ForeignEngine): this {
    this.engine = engine as Engine & EventEmitter;
    this.#engines.add(engine);
    this.#core.expectMessagesOf(engine.opts?.maxHttpBufferSize ?? 0);
    (engine as ForeignEngine).on("connection", (connection) => {
      if (this.#closing.has(engine)) connection.close(true, CLOSE_STATUSES.SERVER_CLOSED);
      else this.onconnection(connection);
    });
    return this;
  }

  /** Takes one connection of an engine. */
  onconnection(connection: Connection | ForeignConnection): this {
    Client.serve(connection, this.#core.clients);
    return this;
  }

  /**
   * Disconnects everybody after all that was sent, ends adapters and connections, detaches from all HTTP servers and apps,
   * and closes the HTTP server that was attached last. `callback` gets Node's error if that was not listening; the promise
   * resolves all the same. A client that does not fetch its last messages holds this up for 5 s or `closeTimeout` at most.
   * Namespaces and listeners stay. Another server may be attached in its place from the call on.
   */
  async close(callback?: (error?: Error) => void): Promise<void> {
    const engines = [...this.#engines];
    const endpoints = this.#endpoints;
    this.#endpoints = new Endpoints();
    const namespaces = [...this.#core.namespaces.byName.values()];
    const httpServer = this.#closesHttpServer ? this.httpServer : undefined;
    for (const engine of engines) this.#closing.add(engine);
    const error = await shutDown({ namespaces, engines, endpoints, httpServer });
    for (const engine of engines) {
      this.#closing.delete(engine);
      this.#engines.delete(engine);
    }
    callback?.(error);
  }

  // Settings.

  /** Path of connections and client files, without a slash at its end. */
  path(): string;
  path(value: string): this;
  path(value?: string): string | this {
    if (value === undefined) return this.#path;
    this.#path = normalPath(value) ?? "";
    return this;
  }

  /** Whether the client files are served; read when attaching. */
  serveClient(): boolean;
  serveClient(value: boolean): this;
  serveClient(value?: boolean): boolean | this {
    if (value === undefined) return this.#serveClient;
    this.#serveClient = value;
    return this;
  }

  /** Milliseconds in which connections that come from now on must join a first namespace. */
  connectTimeout(): number;
  connectTimeout(value: number): this;
  connectTimeout(value?: number): number | this {
    if (value === undefined) return this.#core.connectTimeout;
    this.#core.connectTimeout = connectTime(value);
    return this;
  }

  /** What makes the adapters: see the option. A new one replaces the adapter of every namespace: set it before there are connections. */
  adapter(): AdapterChoice;
  adapter(value: AdapterChoice): this;
  adapter(value?: AdapterChoice): AdapterChoice | this {
    if (value === undefined) return this.#core.adapterChoice;
    this.#core.chooseAdapter(value);
    return this;
  }

  /**
   * Who is told what the application's own listeners, middlewares and callbacks throw or reject with. None of it ends
   * the process or a connection; without a handler each is printed on stderr, once. A later handler replaces the former.
   */
  onError(handler: ErrorHandler | undefined): this {
    this.#core.errors.handleWith(handler);
    return this;
  }

  // Namespaces.

  /**
   * The namespace of this name, made if need be; or, for a regular expression or a function, a pattern for namespaces that
   * are made when a client asks for them. `connected` is added as a `connect` listener.
   */
  of(
    name: string | RegExp | NamespaceMatcher,
    connected?: (socket: SocketApi<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void,
  ): NamespaceApi<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    const found =
      typeof name === "string" ? this.#core.namespaces.of(name) : this.#core.namespaces.matching(name);
    // Inside, namespaces don't know the types of the application's events.
    const namespace = found as unknown as NamespaceApi<
      ListenEvents,
      EmitEvents,
      ServerSideEvents,
      SocketData
    >;
    if (connected !== undefined) (found as EventEmitter).on("connect", connected);
    return namespace;
  }

  /** Adds a middleware to the main namespace. */
  use(
    middleware: NamespaceMiddleware<SocketApi<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>,
  ): this {
    this.sockets.use(middleware);
    return this;
  }
}
