/**
 * Structural types of the part of µWebSockets.js that the bridge calls. The package is never
 * imported here, because an application passes its own `app`. Each member behaves as in the
 * package's declarations.
 */

/** Text or bytes, as µWebSockets.js accepts them. */
export type UwsData = string | ArrayBuffer | Uint8Array;

/** The request of a running handler. It must not be accessed after the handler has returned. */
export interface UwsRequest {
  getMethod(): string;
  getUrl(): string;
  getQuery(): string;
  forEach(each: (name: string, value: string) => void): void;
  setYield(yielded: boolean): unknown;
}

/**
 * The response to one request. Every member throws once the response has ended or the peer has
 * disconnected.
 */
export interface UwsResponse {
  writeStatus(status: UwsData): unknown;
  writeHeader(name: UwsData, value: UwsData): unknown;
  end(body?: UwsData, closeConnection?: boolean): unknown;
  endWithoutBody(): unknown;
  close(): unknown;
  cork(write: () => void): unknown;
  onAborted(listener: () => void): unknown;
  onData(listener: (chunk: ArrayBuffer, isLast: boolean) => void): unknown;
  upgrade<UserData>(
    userData: UserData,
    key: UwsData,
    protocol: UwsData,
    extensions: UwsData,
    context: UwsUpgradeContext,
  ): void;
  getRemoteAddressAsText(): ArrayBuffer;
  /** Address from the PROXY protocol header; empty without one. */
  getProxiedRemoteAddressAsText(): ArrayBuffer;
}

/** An opaque value of the upgrade handler, passed back to `upgrade`. */
export type UwsUpgradeContext = object;

/** One open WebSocket. Every member throws once its close handler has been called. */
export interface UwsSocket<UserData> {
  /**
   * Returns 0 if the message was sent or buffered and the buffer is not empty, 1 if it was sent,
   * and 2 if it was dropped because the buffer exceeded its limit.
   */
  send(message: UwsData, isBinary?: boolean, compress?: boolean): number;
  end(code?: number, reason?: UwsData): void;
  close(): void;
  cork(write: () => void): unknown;
  subscribe(topic: UwsData): boolean;
  unsubscribe(topic: UwsData): boolean;
  getBufferedAmount(): number;
  getUserData(): UserData;
}

/**
 * The WebSocket behavior of a route. The declared type of `closeOnBackpressureLimit` differs
 * between versions; its truthiness decides.
 */
export interface UwsBehavior<UserData> {
  compression?: number;
  idleTimeout?: number;
  maxLifetime?: number;
  maxBackpressure?: number;
  maxPayloadLength?: number;
  closeOnBackpressureLimit?: unknown;
  upgrade?(res: UwsResponse, req: UwsRequest, context: UwsUpgradeContext): void;
  open?(socket: UwsSocket<UserData>): void;
  message?(socket: UwsSocket<UserData>, message: ArrayBuffer, isBinary: boolean): void;
  /** Not called by all versions. */
  dropped?(socket: UwsSocket<UserData>): void;
  drain?(socket: UwsSocket<UserData>): void;
  close?(socket: UwsSocket<UserData>, code: number, reason: ArrayBuffer): void;
}

export type UwsHandler = (res: UwsResponse, req: UwsRequest) => void;

/** An `App()` or `SSLApp()` of µWebSockets.js. */
export interface UwsApp {
  any(pattern: string, handler: UwsHandler): unknown;
  get(pattern: string, handler: UwsHandler): unknown;
  ws<UserData>(pattern: string, behavior: UwsBehavior<UserData>): unknown;
  publish(topic: UwsData, message: UwsData, isBinary?: boolean, compress?: boolean): boolean;
}
