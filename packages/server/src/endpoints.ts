import { type CorsSetting, type RequestInterceptor, Server as Engine } from "@skein/engine";
import { type UwsApp, type UwsHost, type UwsHostOptions, uwsHost } from "@skein/uws-bridge";
import { CLIENT_FILES, ClientBundle } from "./client-bundle.ts";
import type { TServerInstance } from "./http-servers.ts";
import { type ServerOptions, trimPath } from "./options.ts";

type MergedOptions = ServerOptions & { readonly path: string };

function clientFiles(cors: CorsSetting | undefined, path: () => string): RequestInterceptor {
  const bundle = new ClientBundle(cors);
  return (exchange) => bundle.serve(exchange, path());
}

/** A new engine on an HTTP server. `filesAt`: where the client files are, asked at each request; absent, they are nowhere. */
export function engineOnHttp(
  httpServer: TServerInstance,
  options: MergedOptions,
  filesAt: (() => string) | undefined,
): Engine {
  const engine = new Engine(options);
  engine.attach(httpServer, options, filesAt && clientFiles(options.cors, filesAt));
  return engine;
}

/** A new engine on an app of µWebSockets.js, and the host between them, which is whose to close who calls. */
export function engineOnApp(
  app: UwsApp,
  options: MergedOptions & UwsHostOptions,
  serveClient: boolean,
): { engine: Engine; host: UwsHost } {
  const engine = new Engine(options);
  const host = uwsHost(app, serveClient ? { ...options, files: CLIENT_FILES } : options);
  const path = trimPath(options.path);
  engine.attachHost(host, options, serveClient ? clientFiles(options.cors, () => path) : undefined);
  return { engine, host };
}
