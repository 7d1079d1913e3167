import { type CorsSetting, type RequestInterceptor, Server as Engine, type TopicBus } from "@skein/engine";
import { type UwsApp, type UwsHostOptions, uwsHost } from "@skein/uws-bridge";
import { CLIENT_FILES, ClientFiles } from "./client-files.ts";
import type { TServerInstance } from "./http-server.ts";
import { type ServerOptions, trimPath } from "../options.ts";

type MergedOptions = ServerOptions & { readonly path: string };

function clientFiles(cors: CorsSetting | undefined, path: () => string): RequestInterceptor {
  const bundle = new ClientFiles(cors);
  return (exchange) => bundle.serve(exchange, path());
}

/** Name of a server of this package in error messages. */
const OWNER = "a Socket.IO server";

/** An engine of this server, and the HTTP server or app that it is attached to. */
export interface Endpoint {
  readonly target: TServerInstance | UwsApp;
  readonly engine: Engine;
}

/**
 * Attaches a new engine to an HTTP server. `filesAt` returns the path of the client files at each
 * request; without it none are served.
 */
export function engineOnHttp(
  target: TServerInstance,
  options: MergedOptions,
  filesAt: (() => string) | undefined,
): Endpoint {
  const engine = new Engine(options);
  engine.attach(target, options, filesAt && clientFiles(engine.opts.cors, filesAt), OWNER);
  return { target, engine };
}

/** Attaches a new engine to a µWebSockets.js app. `topics` is the native publishing of that app. */
export function engineOnApp(
  target: UwsApp,
  options: MergedOptions & UwsHostOptions,
  serveClient: boolean,
): Endpoint & { readonly topics: TopicBus } {
  const engine = new Engine(options);
  const host = uwsHost(target, serveClient ? { ...options, files: CLIENT_FILES } : options);
  const path = trimPath(options.path);
  engine.attachHost(
    host,
    options,
    serveClient ? clientFiles(engine.opts.cors, () => path) : undefined,
    OWNER,
  );
  return { target, engine, topics: host.topics };
}

/** Engines that a server has created and attached, with their targets. */
export class Endpoints {
  readonly #endpoints = new Set<Endpoint>();

  add(endpoint: Endpoint): void {
    this.#endpoints.add(endpoint);
  }

  /** Allows other servers to attach at these paths from now on. */
  retire(): void {
    for (const { engine } of this.#endpoints) engine.retire();
  }

  /** Detaches and returns the engines of this server or app, or all. */
  detach(target?: TServerInstance | UwsApp): Engine[] {
    const chosen = [...this.#endpoints].filter((endpoint) => (target ?? endpoint.target) === endpoint.target);
    for (const endpoint of chosen) this.#endpoints.delete(endpoint);
    return chosen.map(({ engine }) => engine.detach());
  }
}
