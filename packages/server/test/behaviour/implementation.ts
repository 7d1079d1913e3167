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
  /** What a GET for a name under the path gets that nobody knows: hosts that match paths exactly leave it to the application. */
  readonly unknownName: { readonly status: number; readonly body: string };
  /** Resolves when the server has been asked once more. */
  nextRequest(): Promise<unknown>;
  /** Drops every connection; stops listening where `io.close()` leaves that to others. */
  release(): void;
}

/** What the suite needs to know of a server to hold it to the behaviour a `socket.io` user relies on. */
export interface Implementation {
  readonly name: string;
  /**
   * Starts a new server. The handle is typed as the published `Server`, because API compatibility is the very claim
   * under test; an implementation with its own types casts here and nowhere else.
   */
  start(options: Options): Promise<Place>;
  /** Behaviours this implementation does not have on purpose: the test's name and the reason. They are skipped. */
  readonly knownDifferences: Readonly<Record<string, string>>;
  /** Whole topics that this implementation is not held to, and why. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** The codec that its clients speak; absent: the protocol's own, in which the suite is written. */
  readonly parser?: WireParser;
  /** How clients reach it; absent: in every way. */
  readonly transports?: readonly Transport[];
}
