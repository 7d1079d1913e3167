import { Server as SkeinEngine } from "@skein/engine";
import * as skeinParser from "@skein/parser";
import { Server as SkeinServer, type ServerOptions } from "@skein/server";
import { Server as PublishedEngine } from "engine.io";
import type { Server as HttpServer } from "node:http";
import { Server as PublishedServer } from "socket.io";
import { Adapter, SessionAwareAdapter } from "socket.io-adapter";
import * as msgpackParser from "socket.io-msgpack-parser";
import * as publishedParser from "socket.io-parser";
import type { Options } from "../../behaviour/implementation.ts";

// Variants of each layer. Types of different makers differ, so all casts are in this file.

/** Errors that tests provoke in their own listeners would fill the output. */
const quiet = (): void => {};

/** Takes the requests of the server's path on `http` and hands connections over to `io`. */
type Attach = (io: PublishedServer, http: HttpServer, options: Options) => void;

const enginePath = ({ path = "/socket.io" }: Options) => ({ path });

export const servers = {
  skein: (options: Options) =>
    new SkeinServer(options as ServerOptions).onError(quiet) as unknown as PublishedServer,
  "socket.io": (options: Options) => new PublishedServer(options),
};

export const engines = {
  skein: ((io, http, options) => {
    const engine = new SkeinEngine(options as ServerOptions);
    engine.attach(http, enginePath(options));
    io.bind(engine);
  }) satisfies Attach,
  "engine.io": ((io, http, options) => {
    const engine = new PublishedEngine(options);
    engine.attach(http, enginePath(options));
    io.bind(engine);
  }) satisfies Attach,
};

export const parsers = {
  skein: skeinParser,
  "socket.io-parser": publishedParser,
  "socket.io-msgpack-parser": msgpackParser,
};

export const adapters = {
  /** The server's own. */
  own: () => undefined,
  "socket.io-adapter": ({ connectionStateRecovery }: Options) =>
    connectionStateRecovery ? SessionAwareAdapter : Adapter,
};
