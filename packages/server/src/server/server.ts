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
 * A Socket.IO server. Emitter and sending methods apply to its main namespace `/` (server-api,
 * "Server").
 *
 * `ListenEvents`: events from clients; `EmitEvents`: events to clients; `ServerSideEvents`: events
 * between servers; `SocketData`: type of `socket.data`.
 */
export class Server<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  // oxlint-disable-next-line typescript/no-explicit-any -- the default if undeclared
  SocketData = any,
> extends MainNamespaceProxy<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
  /** The main namespace. */
  sockets: NamespaceApi<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  /** The options passed to the constructor. */
  readonly opts: ServerOptions;
  /** The packet encoder of all connections. */
  readonly encoder: PacketEncoder;
  /** The engine attached last; undefined before. */
  declare engine: Engine & EventEmitter;
  /** The HTTP server attached last; undefined before, and with µWebSockets.js. */
  declare httpServer: TServerInstance;
  readonly #core: ServerState;
  readonly #engines = new Set<Engine | ForeignEngine>();
  /** Engines being closed, which refuse new connections. */
  readonly #closing = new Set<Engine | ForeignEngine>();
  #endpoints = new Endpoints();
  /** False once `httpServer` was detached: its owner then closes it. */
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

  // Attaching and closing.

  /**
   * Serves the path on an HTTP server, or on a new one that listens on a port. Options of the
   * constructor take precedence. Several servers may be attached; they share the namespaces. Throws
   * an `EngineError` with code `ALREADY_ATTACHED` if the path is taken; of a path and a longer one
   * that begins with it, the longer takes precedence.
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

  /** Alias of `attach`. */
  listen(server: TServerInstance | number, options: ServerOptions = {}): this {
    return this.attach(server, options);
  }

  /**
   * Serves the path on a µWebSockets.js app. The caller starts listening, before or after, and
   * closes the app. Options of the constructor take precedence. Throws an `EngineError` with code
   * `ALREADY_ATTACHED` if the path is taken on this app.
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
   * Detaches an HTTP server or an app, or all, without closing it, and closes the connections made
   * through it; namespaces, listeners and other connections stay. The listeners of an HTTP server
   * are restored in their order; the routes of an app remain and pass requests on. `close` does not
   * close what was detached, and it may be attached again at once.
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
   * Serves the connections of an engine that the caller created and attached: Skein's, or one
   * written for Socket.IO, such as `engine.io`. Client files are not served: see `attach`.
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

  /** Serves one connection of an engine. */
  onconnection(connection: Connection | ForeignConnection): this {
    Client.serve(connection, this.#core.clients);
    return this;
  }

  /**
   * Disconnects all clients after pending output, closes adapters and connections, detaches all
   * HTTP servers and apps, and closes the HTTP server attached last. `callback` gets Node.js's
   * error if it was not listening; the promise resolves anyway. A client that does not fetch its
   * last messages delays this by 5 s or `closeTimeout` at most. Namespaces and listeners stay, and
   * another server may be attached at once.
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

  /** The path of connections and client files, without a trailing slash. */
  path(): string;
  path(value: string): this;
  path(value?: string): string | this {
    if (value === undefined) return this.#path;
    this.#path = normalPath(value) ?? "";
    return this;
  }

  /** Whether client files are served; read by `attach`. */
  serveClient(): boolean;
  serveClient(value: boolean): this;
  serveClient(value?: boolean): boolean | this {
    if (value === undefined) return this.#serveClient;
    this.#serveClient = value;
    return this;
  }

  /** Time (ms) within which new connections must join a namespace. */
  connectTimeout(): number;
  connectTimeout(value: number): this;
  connectTimeout(value?: number): number | this {
    if (value === undefined) return this.#core.connectTimeout;
    this.#core.connectTimeout = connectTime(value);
    return this;
  }

  /** The option `adapter`. A new value replaces all adapters; set it before clients connect. */
  adapter(): AdapterChoice;
  adapter(value: AdapterChoice): this;
  adapter(value?: AdapterChoice): AdapterChoice | this {
    if (value === undefined) return this.#core.adapterChoice;
    this.#core.chooseAdapter(value);
    return this;
  }

  /**
   * Sets the handler of errors and rejections of the application's listeners, middlewares and
   * callbacks; it replaces the previous one. They never end the process or a connection; without a
   * handler each is printed to stderr once.
   */
  onError(handler: ErrorHandler | undefined): this {
    this.#core.errors.handleWith(handler);
    return this;
  }

  // Namespaces.

  /**
   * Returns the namespace of this name, created if necessary; for a regular expression or a
   * function, a pattern whose namespaces are created on request. `connected` becomes a `connect`
   * listener.
   */
  of(
    name: string | RegExp | NamespaceMatcher,
    connected?: (socket: SocketApi<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void,
  ): NamespaceApi<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    const found =
      typeof name === "string" ? this.#core.namespaces.of(name) : this.#core.namespaces.matching(name);
    // Internally, namespaces don't use the application's event types.
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
