/**
 * The part of µWebSockets.js that the bridge calls, typed structurally: the package is never imported here, since an
 * application hands its own `app` over. Each member behaves as in the package's own declarations.
 */

/** Text or bytes, as µWebSockets.js takes them. */
export type UwsData = string | ArrayBuffer | Uint8Array;

/** The request of a running handler. Lives on the stack: it may not be touched once the handler has returned. */
export interface UwsRequest {
  getMethod(): string;
  getUrl(): string;
  getQuery(): string;
  forEach(each: (name: string, value: string) => void): void;
  setYield(yielded: boolean): unknown;
}

/** The response to one request. Every member throws once the response has ended or the peer has gone. */
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
  /** As a header of the PROXY protocol told; empty without one. */
  getProxiedRemoteAddressAsText(): ArrayBuffer;
}

/** Opaque: handed to the upgrade handler and back to `upgrade`. */
export type UwsUpgradeContext = object;

/** One open WebSocket. Every member throws once its close handler has been called. */
export interface UwsSocket<UserData> {
  /** 0: sent or buffered, and the buffer is not empty; 1: sent; 2: dropped, because the buffer was above its limit. */
  send(message: UwsData, isBinary?: boolean, compress?: boolean): number;
  end(code?: number, reason?: UwsData): void;
  close(): void;
  cork(write: () => void): unknown;
  subscribe(topic: UwsData): boolean;
  unsubscribe(topic: UwsData): boolean;
  getBufferedAmount(): number;
  getUserData(): UserData;
}

/** How a route takes WebSockets. `closeOnBackpressureLimit` changed its declared type between versions; truth is what counts. */
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
