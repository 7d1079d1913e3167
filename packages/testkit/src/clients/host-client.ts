import type { Arrivals } from "../arrivals.ts";

/** One HTTP request of a test client. */
export interface ClientRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Send the body without saying its length first. */
  readonly chunked?: boolean;
  /** Announce this length and send only `body`, so that the request stays incomplete. */
  readonly announcedLength?: number;
}

export interface ClientResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A request on its way; `response` rejects when the connection ends without one. */
export interface PendingRequest {
  readonly response: Promise<ClientResponse>;
  abort(): void;
}

/** How a WebSocket ended for the client; 1005 stands for no code and 1006 for no closing handshake. */
export interface ClientClose {
  readonly code: number;
  readonly reason: string;
}

export interface ClientWebSocket {
  /** Headers of the 101. Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly messages: Arrivals<string | Buffer>;
  readonly closed: Promise<ClientClose>;
  send(message: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  /** Stops reading, so that the server's output piles up. */
  pause(): void;
  resume(): void;
}

/** What came of an attempt to open a WebSocket. */
export type WebSocketAttempt =
  | { readonly kind: "open"; readonly webSocket: ClientWebSocket }
  | { readonly kind: "refused"; readonly response: ClientResponse }
  | { readonly kind: "dropped" };

/** A client of a host under test: over the network, or in memory. */
export interface HostClient {
  request(request: ClientRequest): PendingRequest;
  webSocket(path: string, headers?: Readonly<Record<string, string>>): Promise<WebSocketAttempt>;
}
