import type { NodeServer, RequestListener } from "./claim.ts";

/** The request listeners of a server, in their order. Listeners for one request only stay such. */
export class ListenerList {
  readonly #server: NodeServer;

  constructor(server: NodeServer) {
    this.#server = server;
  }

  get raw(): readonly RequestListener[] {
    return this.#server.rawListeners("request") as RequestListener[];
  }

  includes(listener: RequestListener): boolean {
    return this.raw.includes(listener);
  }

  /** Puts one listener in the place of all; returns those. */
  replaceAll(listener: RequestListener): RequestListener[] {
    const replaced = [...this.raw];
    this.#server.removeAllListeners("request");
    this.#server.on("request", listener);
    return replaced;
  }

  /** Puts listeners in the place of one; false if that is not on the server. */
  replace(listener: RequestListener, replacements: readonly RequestListener[]): boolean {
    const { raw } = this;
    const at = raw.indexOf(listener);
    if (at < 0) return false;
    // An emitter adds at the end only, and removes the last of several that are equal.
    for (const each of raw.slice(at).toReversed()) this.#server.off("request", each);
    for (const each of [...replacements, ...raw.slice(at + 1)]) this.#server.on("request", each);
    return true;
  }
}
