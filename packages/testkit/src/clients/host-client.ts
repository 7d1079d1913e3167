import type { Arrivals } from "../arrivals.ts";

/** One HTTP request of a test client. */
export interface ClientRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Sends the body without announcing its length. */
  readonly chunked?: boolean;
  /** Announces this length but sends only `body`, so that the request stays incomplete. */
  readonly announcedLength?: number;
}

export interface ClientResponse {
  readonly status: number;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A pending request; `response` rejects when the connection ends without one. */
export interface PendingRequest {
  readonly response: Promise<ClientResponse>;
  abort(): void;
}

/**
 * The end of a WebSocket at the client; 1005 stands for no code and 1006 for no closing handshake.
 */
export interface ClientClose {
  readonly code: number;
  readonly reason: string;
}

export interface ClientWebSocket {
  /** Headers of the 101, with names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly messages: Arrivals<string | Buffer>;
  readonly closed: Promise<ClientClose>;
  send(message: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  /** Stops reading, so that the server's output is buffered. */
  pause(): void;
  resume(): void;
}

/** The outcome of an attempt to open a WebSocket. */
export type WebSocketAttempt =
  | { readonly kind: "open"; readonly webSocket: ClientWebSocket }
  | { readonly kind: "refused"; readonly response: ClientResponse }
  | { readonly kind: "dropped" };

/** A client of a host under test: over the network, or in memory. */
export interface HostClient {
  request(request: ClientRequest): PendingRequest;
  webSocket(path: string, headers?: Readonly<Record<string, string>>): Promise<WebSocketAttempt>;
}
