import { type AdapterFactory, inMemoryAdapter, recoverableInMemoryAdapter } from "@skein/adapter";
import {
  type Connection,
  type CorsSetting,
  type Host,
  type RequestInterceptor,
  Server as Engine,
} from "@skein/engine";
import {
  Decoder,
  type PacketDecoder,
  type PacketEncoder,
  type Parser,
  parser as defaultParser,
} from "@skein/parser";
import { type UwsApp, type UwsHostOptions, uwsHost } from "@skein/uws-bridge";
import type { EventEmitter } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as HttpsServer } from "node:https";
import type { Namespace as NamespaceApi, NamespaceMiddleware, Socket as SocketApi } from "./api.ts";
import { Client, type ClientContext } from "./client.ts";
import { CLIENT_FILES, ClientBundle } from "./client-bundle.ts";
import { type AdapterChoice, adapterFactoryOf, type ThirdPartyHost } from "./compat/third-party-adapter.ts";
import type { NamespaceContext } from "./context.ts";
import { type ErrorHandler, ErrorReports } from "./error-reports.ts";
import { SkeinError } from "./errors.ts";
import type { DefaultEventsMap, EventsMap } from "./events.ts";
import { MainNamespaceFacade } from "./main-namespace-facade.ts";
import type { Namespace } from "./namespace.ts";
import { type NamespaceMatcher, Namespaces } from "./namespaces.ts";
import {
  mergeAttachOptions,
  type ResolvedServerOptions,
  resolveServerOptions,
  type ServerOptions,
  trimPath,
} from "./options.ts";
import { TopicTraffic } from "./topic-delivery-traffic.ts";

/** The servers of Node that a Socket.IO server can be attached to. */
export type TServerInstance = HttpServer | HttpsServer | Http2Server | Http2SecureServer;

/** Attachments that the default decoder takes with one packet. */
const MOST_ATTACHMENTS = 10;

function isPort(value: unknown): value is number | string {
  return typeof value === "number" || (typeof value === "string" && /^\d+$/.test(value));
}

function isOptions(value: unknown): value is ServerOptions {
  return typeof value === "object" && value !== null && !("listen" in value);
}

function listenOn(port: number | string): HttpServer {
  const server = createServer((_request, response) => response.writeHead(404).end());
  return server.listen(Number(port));
}

/**
 * A Socket.IO server. As an event emitter, and for everything that sends, it stands for its main namespace `/`
 * (server-api, "Server").
 *
 * `LE`: events from clients; `EE`: events to clients; `SSE`: events between servers; `SD`: type of `socket.data`.
 */
export class Server<
  LE extends EventsMap = DefaultEventsMap,
  EE extends EventsMap = LE,
  SSE extends EventsMap = DefaultEventsMap,
  // oxlint-disable-next-line typescript/no-explicit-any -- the default of those who declare nothing
  SD = any,
> extends MainNamespaceFacade<LE, EE, SSE, SD> {
  /** The main namespace. */
  sockets: NamespaceApi<LE, EE, SSE, SD>;
  /** The options that the server was made with. */
  readonly opts: ServerOptions;
  /** Encodes the packets of all connections. */
  readonly encoder: PacketEncoder;
  /** The engine that was attached last; undefined before. */
  declare engine: Engine;
  /** The HTTP server that was attached last; undefined before, and with µWebSockets.js. */
  declare httpServer: TServerInstance;
  readonly #settings: ResolvedServerOptions;
  readonly #parser: Parser;
  readonly #namespaces: Namespaces;
  readonly #clientContext: ClientContext;
  readonly #engines: Engine[] = [];
  /** Those that nobody else knows of. */
  readonly #hosts: Host[] = [];
  readonly #errors = new ErrorReports();
  readonly #topics = new TopicTraffic();
  /** Bytes, over all engines. */
  #largestMessage = 1_000_000;
  #path: string;
  #serveClient: boolean;
  #connectTimeout: number;
  #adapterChoice: AdapterChoice;

  constructor(options?: ServerOptions);
  constructor(server: TServerInstance | number | undefined, options?: ServerOptions);
  constructor(first?: TServerInstance | number | ServerOptions, second: ServerOptions = {}) {
    super();
    const options = isOptions(first) ? first : second;
    this.opts = options;
    this.#settings = resolveServerOptions(options);
    this.#path = this.#settings.path;
    this.#serveClient = this.#settings.serveClient;
    this.#connectTimeout = this.#settings.connectTimeout;
    this.#parser = options.parser ?? defaultParser;
    this.encoder = new this.#parser.Encoder();
    this.#adapterChoice = options.adapter ?? this.#defaultAdapter();
    this.#namespaces = new Namespaces(this.#namespaceContext(), (created) => this.#announce(created));
    this.#clientContext = this.#contextOfClients();
    this.sockets = this.of("/");
    if (first !== undefined && first !== null && !isOptions(first)) this.attach(first);
  }

  // Being reachable.

  /**
   * Takes the requests of its path on an HTTP server, or on one that it makes and that listens on this port. Options of
   * the constructor win over those given here. May be called for several servers: they share the namespaces.
   */
  attach(server: TServerInstance | number, options: ServerOptions = {}): this {
    if (typeof server === "function") throw new SkeinError("NOT_AN_HTTP_SERVER");
    const httpServer = isPort(server) ? listenOn(server) : server;
    const merged = mergeAttachOptions(options, this.opts, this.#path);
    const engine = new Engine(merged);
    engine.attach(httpServer, merged, this.#interceptor(merged.cors));
    this.httpServer = httpServer;
    return this.bind(engine);
  }

  /** Same as `attach`. */
  listen(server: TServerInstance | number, options: ServerOptions = {}): this {
    return this.attach(server, options);
  }

  /**
   * Takes the requests of its path on a µWebSockets.js app, which its owner lets listen, before or after, and closes.
   * Options of the constructor win over those given here. Throws an `EngineError` with the code `INVALID_STATE` when the
   * path is taken on this app.
   */
  attachApp(app: UwsApp, options: ServerOptions & UwsHostOptions = {}): void {
    const merged = { ...options, ...mergeAttachOptions(options, this.opts, this.#path) };
    const engine = new Engine(merged);
    const host = uwsHost(app, this.#serveClient ? { ...merged, files: CLIENT_FILES } : merged);
    engine.attachHost(host, merged, this.#interceptor(merged.cors, trimPath(merged.path)));
    this.#hosts.push(host);
    this.#publishNatively();
    this.bind(engine);
  }

  /** Takes the connections of an engine that somebody else made and attached. */
  bind(engine: Engine): this {
    this.engine = engine;
    this.#engines.push(engine);
    this.#largestMessage = Math.max(this.#largestMessage, engine.opts.maxHttpBufferSize);
    engine.on("connection", (connection) => this.onconnection(connection));
    return this;
  }

  /** Takes one connection. */
  onconnection(connection: Connection): this {
    Client.serve(connection, this.#clientContext);
    return this;
  }

  /**
   * Disconnects everybody, ends adapters and connections, and closes the HTTP server that was attached last. `callback`
   * gets Node's error if that was not listening; the promise resolves all the same. Namespaces and listeners stay.
   */
  async close(callback?: (error?: Error) => void): Promise<void> {
    await Promise.all([...this.#namespaces.byName.values()].map((namespace) => namespace.shutDown()));
    for (const engine of this.#engines.splice(0)) engine.close();
    for (const host of this.#hosts.splice(0)) host.close();
    const error = await this.#closeHttpServer();
    callback?.(error);
  }

  // Settings.

  /** Path of connections and client files, without a slash at its end. */
  path(): string;
  path(value: string): this;
  path(value?: string): string | this {
    if (value === undefined) return this.#path;
    this.#path = trimPath(value);
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
    if (value === undefined) return this.#connectTimeout;
    this.#connectTimeout = value;
    return this;
  }

  /** What makes the adapters: see the option. A new one replaces the adapter of every namespace: set it before there are connections. */
  adapter(): AdapterChoice;
  adapter(value: AdapterChoice): this;
  adapter(value?: AdapterChoice): AdapterChoice | this {
    if (value === undefined) return this.#adapterChoice;
    this.#adapterChoice = value;
    for (const namespace of this.#namespaces.byName.values()) namespace.renewAdapter();
    return this;
  }

  /**
   * Who is told what the application's own listeners, middlewares and callbacks throw or reject with. None of it ends
   * the process or a connection; without a handler each is printed on stderr, once. A later handler replaces the former.
   */
  onError(handler: ErrorHandler | undefined): this {
    this.#errors.handleWith(handler);
    return this;
  }

  // Namespaces.

  /**
   * The namespace of this name, made if need be; or, for a regular expression or a function, a pattern for namespaces that
   * are made when a client asks for them. `connected` is added as a `connect` listener.
   */
  of(
    name: string | RegExp | NamespaceMatcher,
    connected?: (socket: SocketApi<LE, EE, SSE, SD>) => void,
  ): NamespaceApi<LE, EE, SSE, SD> {
    const found = typeof name === "string" ? this.#namespaces.of(name) : this.#namespaces.matching(name);
    // Inside, namespaces don't know the types of the application's events.
    const namespace = found as unknown as NamespaceApi<LE, EE, SSE, SD>;
    if (connected !== undefined) (found as EventEmitter).on("connect", connected);
    return namespace;
  }

  /** Adds a middleware to the main namespace. */
  use(middleware: NamespaceMiddleware<SocketApi<LE, EE, SSE, SD>>): this {
    this.sockets.use(middleware);
    return this;
  }

  #defaultAdapter(): AdapterFactory {
    const { recovery } = this.#settings;
    if (recovery === undefined) return inMemoryAdapter();
    return recoverableInMemoryAdapter({ maxDisconnectionDuration: recovery.maxDisconnectionDuration });
  }

  #namespaceContext(): NamespaceContext {
    const { recovery, cleanupEmptyChildNamespaces } = this.#settings;
    const host: ThirdPartyHost = {
      encoder: this.encoder,
      opts: { connectionStateRecovery: recovery },
      failed: (namespace, cause) => this.#errors.report({ source: "adapter", namespace, cause }),
    };
    return {
      encoder: this.encoder,
      recovery,
      topics: this.#topics,
      makeAdapter: (local) => adapterFactoryOf(this.#adapterChoice, host)(local),
      report: (report) => this.#errors.report(report),
      emptied: (name) => {
        if (cleanupEmptyChildNamespaces) this.#namespaces.release(name);
      },
    };
  }

  #contextOfClients(): ClientContext {
    return {
      directory: this.#namespaces,
      encoder: this.encoder,
      maxNamespaces: this.#settings.maxNamespaces,
      topics: this.#topics,
      connectTimeout: () => this.#connectTimeout,
      attachmentTimeout: this.#settings.attachmentTimeout,
      newDecoder: () => this.#newDecoder(),
    };
  }

  /** The default decoder lets in what the engines let in: every attachment may be as large as a message. */
  #newDecoder(): PacketDecoder {
    if (this.#parser.Decoder !== Decoder) return new this.#parser.Decoder();
    return new Decoder({ maxAttachmentBytes: MOST_ATTACHMENTS * this.#largestMessage });
  }

  #announce(created: Namespace): void {
    this.#namespaces.of("/").raise("new_namespace", created);
  }

  /** `path`: where the files are; absent, the path of the server, as it is at each request. */
  #interceptor(cors: CorsSetting | undefined, path?: string): RequestInterceptor | undefined {
    if (!this.#serveClient) return undefined;
    const bundle = new ClientBundle(cors);
    return (exchange) => bundle.serve(exchange, path ?? this.#path);
  }

  #publishNatively(): void {
    this.#topics.enable();
    for (const namespace of this.#namespaces.byName.values()) namespace.useTopics();
  }

  async #closeHttpServer(): Promise<Error | undefined> {
    const { httpServer } = this;
    if (httpServer === undefined) return undefined;
    return new Promise((resolve) => {
      httpServer.close(resolve);
    });
  }
}
