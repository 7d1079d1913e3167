import type { NodeServer, RequestListener } from "./claim.ts";

/** The request listeners of a server, in order. `once` listeners stay `once` listeners. */
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

  /** Replaces all listeners with one; returns the replaced ones. */
  replaceAll(listener: RequestListener): RequestListener[] {
    const replaced = [...this.raw];
    this.#server.removeAllListeners("request");
    this.#server.on("request", listener);
    return replaced;
  }

  /** Replaces one listener with several; returns false if it is not on the server. */
  replace(listener: RequestListener, replacements: readonly RequestListener[]): boolean {
    const { raw } = this;
    const at = raw.indexOf(listener);
    if (at < 0) return false;
    // An emitter only adds at the end, and removes the last of several equal listeners.
    for (const each of raw.slice(at).toReversed()) this.#server.off("request", each);
    for (const each of [...replacements, ...raw.slice(at + 1)]) this.#server.on("request", each);
    return true;
  }
}
