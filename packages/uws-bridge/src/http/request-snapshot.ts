import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { SocketAddress } from "node:net";
import type { HostRequest } from "@skein/engine";
import { asIncomingMessage, Incoming, type IncomingSource } from "./incoming.ts";
import { copyHeaders } from "./request-headers.ts";
import type { UwsRequest, UwsResponse } from "../uws-types.ts";

/** Formats an address as Node.js does: µWebSockets.js writes every group of an IPv6 address. */
export function normalizeAddress(text: string): string | undefined {
  if (text === "") return undefined;
  return text.includes(":") ? new SocketAddress({ address: text, family: "ipv6" }).address : text;
}

/**
 * Methods by their lower-case form, which µWebSockets.js reports. Shared by all requests, because
 * idle sessions keep theirs.
 */
const METHODS = new Map(["GET", "POST", "OPTIONS", "HEAD"].map((name) => [name.toLowerCase(), name]));

/** Decodes addresses, which are ASCII. */
const ascii = new TextDecoder();

function methodOf(req: UwsRequest): string {
  const method = req.getMethod();
  return METHODS.get(method) ?? method.toUpperCase();
}

let latestPath = "";
let latestQuery = "";
let latestUrl = "";

/**
 * Returns the URL. Nearly all WebSocket handshakes have the URL of the previous one; idle sessions
 * keep it, so it is shared.
 */
function urlOf(req: UwsRequest): string {
  const path = req.getUrl();
  const query = req.getQuery();
  if (path === latestPath && query === latestQuery) return latestUrl;
  latestPath = path;
  latestQuery = query;
  latestUrl = query ? `${path}?${query}` : path;
  return latestUrl;
}

/** An object that can drop the connection of a request. */
export interface Droppable {
  destroy(): void;
}

/** Properties that the owner of an app declares for all its connections. */
export interface ConnectionTraits {
  readonly ssl: boolean;
  readonly proxyProtocol: boolean;
}

/**
 * A copy of all request data that may be needed, taken while the handler runs: µWebSockets.js frees
 * the request when the handler returns.
 */
export class RequestSnapshot implements HostRequest, IncomingSource {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly secure: boolean;
  readonly #addressText: string;
  #owner: Droppable | undefined;
  #incoming: Incoming | undefined;

  /** `method` is given if the route determines it. */
  constructor(res: UwsResponse, req: UwsRequest, { ssl, proxyProtocol }: ConnectionTraits, method?: "GET") {
    this.method = method ?? methodOf(req);
    this.url = urlOf(req);
    this.headers = copyHeaders(req);
    this.secure = ssl;
    const address = proxyProtocol ? res.getProxiedRemoteAddressAsText() : res.getRemoteAddressAsText();
    this.#addressText = ascii.decode(address);
  }

  get remoteAddress(): string | undefined {
    return normalizeAddress(this.#addressText);
  }

  get incoming(): IncomingMessage {
    return asIncomingMessage(this.#show());
  }

  get shown(): boolean {
    return this.#incoming !== undefined;
  }

  /** Makes `incoming.destroy()` drop the exchange while it lasts. */
  own(owner: Droppable): void {
    this.#owner = owner;
  }

  /**
   * Ends the exchange, answered or aborted by the peer. A session that keeps the request must not
   * retain the exchange.
   */
  release(aborted: boolean): void {
    this.#owner = undefined;
    if (aborted) this.#show().close(true);
    else this.#incoming?.close(false);
  }

  drop(): void {
    this.#owner?.destroy();
  }

  #show(): Incoming {
    this.#incoming ??= new Incoming(this);
    return this.#incoming;
  }
}
