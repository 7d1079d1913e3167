import type { Server as HttpServer } from "node:http";
import type { Server, ServerOptions } from "socket.io";

export type Options = Partial<ServerOptions>;

/** What the suite needs to know of a server to hold it to the behaviour a `socket.io` user relies on. */
export interface Implementation {
  readonly name: string;
  /**
   * Attaches a new server to `http`. The handle is typed as the published `Server`, because API compatibility is
   * the very claim under test; an implementation with its own types casts here and nowhere else.
   */
  createServer(http: HttpServer, options: Options): Server;
  /** Behaviours this implementation does not have on purpose: the test's name and the reason. They are skipped. */
  readonly knownDifferences: Readonly<Record<string, string>>;
}
