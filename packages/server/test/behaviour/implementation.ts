import type { Server as HttpServer } from "node:http";
import type { Server, ServerOptions } from "socket.io";
import type { Transport } from "./transport.ts";
import type { WireParser } from "./wire/transcoded-wire.ts";

export type Options = Partial<ServerOptions>;

/** A server that listens on a port of its own, on whatever it runs. */
export interface Place {
  readonly io: Server;
  readonly origin: string;
  /** Set where it runs on `node:http`. */
  readonly httpServer?: HttpServer;
  /**
   * Response to a GET for an unknown name under the path: hosts that match paths exactly leave it
   * to the application.
   */
  readonly unknownName: { readonly status: number; readonly body: string };
  /** Resolves when the server has been asked once more. */
  nextRequest(): Promise<unknown>;
  /** Drops every connection; stops listening where `io.close()` leaves that to others. */
  release(): void;
}

/** Properties of a server that the suite needs to test behaviour that `socket.io` users rely on. */
export interface Implementation {
  readonly name: string;
  /**
   * Starts a new server. The handle is typed as the published `Server`, because API compatibility
   * is the claim under test; an implementation with its own types casts only here.
   */
  start(options: Options): Promise<Place>;
  /** Behaviours intentionally missing: test name and reason. These tests are skipped. */
  readonly knownDifferences: Readonly<Record<string, string>>;
  /** Whole topics that this implementation is not held to, and why. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** Codec of its clients. Default: the protocol's own, which the suite is written in. */
  readonly parser?: WireParser;
  /** How clients reach it; absent: in every way. */
  readonly transports?: readonly Transport[];
}
