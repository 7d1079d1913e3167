import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { LazyEmitter } from "./lazy-emitter.ts";

/** The source of an incoming message, with the means to drop its connection. */
export interface IncomingSource {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string | undefined;
  readonly secure: boolean;
  drop(): void;
}

/** The part of a request's socket that middlewares read. */
class IncomingSocket extends LazyEmitter {
  readonly readable = true;
  readonly writable = true;
  readonly #source: IncomingSource;

  constructor(source: IncomingSource) {
    super();
    this.#source = source;
  }

  get remoteAddress(): string | undefined {
    return this.#source.remoteAddress;
  }

  get remoteFamily(): "IPv4" | "IPv6" | undefined {
    const address = this.remoteAddress;
    if (address === undefined) return undefined;
    return address.includes(":") ? "IPv6" : "IPv4";
  }

  get encrypted(): boolean {
    return this.#source.secure;
  }

  destroy(): this {
    this.#source.drop();
    return this;
  }

  setTimeout(): this {
    return this;
  }
}

/**
 * A request as applications and middlewares see it: the readable surface of `IncomingMessage`
 * without the body, which the engine reads. `method`, `url` and added properties are writable, as
 * on Node.js.
 */
export class Incoming extends LazyEmitter {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  readonly httpVersion = "1.1";
  readonly httpVersionMajor = 1;
  readonly httpVersionMinor = 1;
  readonly readable = false;
  readonly complete = true;
  aborted = false;
  destroyed = false;
  readonly #source: IncomingSource;
  #socket: IncomingSocket | undefined;

  constructor(source: IncomingSource) {
    super();
    this.#source = source;
    this.method = source.method;
    this.url = source.url;
    this.headers = source.headers;
  }

  get socket(): IncomingSocket {
    this.#socket ??= new IncomingSocket(this.#source);
    return this.#socket;
  }

  get connection(): IncomingSocket {
    return this.socket;
  }

  get rawHeaders(): string[] {
    return Object.entries(this.headers).flatMap(([name, value]) =>
      [value ?? []].flat().flatMap((each) => [name, each]),
    );
  }

  setTimeout(): this {
    return this;
  }

  resume(): this {
    return this;
  }

  pause(): this {
    return this;
  }

  unpipe(): this {
    return this;
  }

  /** Emits the end of the exchange: the response was sent, or the peer disconnected (`aborted`). */
  close(aborted: boolean): void {
    if (aborted) {
      this.destroyed = true;
      this.aborted = true;
      this.emit("aborted");
    }
    this.emit("close");
  }

  destroy(): this {
    this.destroyed = true;
    this.#source.drop();
    return this;
  }
}

/**
 * Casts to Node's class. This is the only such cast of a request: Node's class can't be created
 * without a Node.js socket.
 */
export function asIncomingMessage(incoming: Incoming): IncomingMessage {
  return incoming as unknown as IncomingMessage;
}
