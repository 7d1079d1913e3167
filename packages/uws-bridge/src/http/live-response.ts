import { STATUS_CODES } from "node:http";
import type { UwsResponse, UwsUpgradeContext } from "../uws-types.ts";

/**
 * One header line. It is written as bytes, because HTTP headers are Latin-1 and µWebSockets.js
 * writes strings as UTF-8.
 */
export type HeaderLine = readonly [name: string, value: string];

/** A complete response before it is written. */
export interface FinalResponse {
  readonly status: number;
  readonly statusText: string | undefined;
  readonly headers: readonly HeaderLine[];
  readonly body: string | Uint8Array | undefined;
  /** True for the response to a HEAD request: the body is measured but not sent. */
  readonly headOnly: boolean;
  /** Closes the connection after a response with a body; one without a body leaves it open. */
  readonly closeConnection: boolean;
}

/** Fields of the client's handshake with which µWebSockets.js completes the WebSocket handshake. */
export interface HandshakeFields {
  readonly key: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly context: UwsUpgradeContext;
}

/** Headers that µWebSockets.js writes itself. */
const WRITTEN_BY_HOST = new Set(["connection", "content-length", "date", "transfer-encoding", "upgrade"]);

function writeHead(
  res: UwsResponse,
  status: number,
  text: string | undefined,
  headers: readonly HeaderLine[],
): void {
  res.writeStatus(Buffer.from(`${status} ${text ?? STATUS_CODES[status] ?? "Unknown"}`, "latin1"));
  for (const [name, value] of headers) {
    if (!WRITTEN_BY_HOST.has(name.toLowerCase())) res.writeHeader(name, Buffer.from(value, "latin1"));
  }
}

function writeBody(res: UwsResponse, response: FinalResponse): void {
  const { status, headOnly, body, closeConnection } = response;
  if (!headOnly && status !== 304) {
    res.end(body, closeConnection);
    return;
  }
  // `endWithoutBody` gets no arguments: with a length other than 0, some versions never end the
  // response.
  if (headOnly) res.writeHeader("Content-Length", String(body === undefined ? 0 : Buffer.byteLength(body)));
  res.endWithoutBody();
}

/**
 * The only holder of a µWebSockets.js response, which throws once it has ended or its peer has
 * disconnected. Until the route's handler returns, the response can't be aborted and µWebSockets.js
 * corks it; `inHandler` marks that period.
 */
export class LiveResponse {
  #res: UwsResponse | undefined;
  #inHandler = true;
  #aborted = false;
  #onAborted: (() => void) | undefined;

  constructor(res: UwsResponse) {
    this.#res = res;
  }

  /**
   * Runs the body of the route's handler. A response that has ended by then needs no abort
   * listener, which is costly; any other gets one, because µWebSockets.js ends the process without
   * it.
   */
  inHandler(act: () => void): void {
    try {
      act();
    } finally {
      this.#leaveHandler();
    }
  }

  /** True once the response was ended or the peer has disconnected. */
  get ended(): boolean {
    return this.#res === undefined;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  /**
   * Sets the only abort listener, called once if the peer disconnects before the response was
   * handed over.
   */
  onAborted(listener: () => void): void {
    this.#onAborted = listener;
  }

  /**
   * Passes chunks of the body to `listener`; each is valid only during the call. Must be called
   * before the handler returns.
   */
  onData(listener: (chunk: ArrayBuffer, isLast: boolean) => void): void {
    this.#res?.onData(listener);
  }

  end(response: FinalResponse): void {
    this.#write((res) => {
      writeHead(res, response.status, response.statusText, response.headers);
      writeBody(res, response);
    });
  }

  /** Completes a WebSocket handshake. The socket's open handler runs before this returns. */
  upgrade<UserData>(userData: UserData, headers: readonly HeaderLine[], fields: HandshakeFields): void {
    this.#write((res) => {
      // µWebSockets.js writes the status itself if there are no headers to add.
      if (headers.length > 0) writeHead(res, 101, undefined, headers);
      res.upgrade(userData, fields.key, fields.protocol, fields.extensions, fields.context);
    });
  }

  /** Drops the connection. */
  destroy(): void {
    this.#take()?.close();
  }

  #leaveHandler(): void {
    this.#inHandler = false;
    this.#res?.onAborted(() => {
      if (this.#res === undefined) return;
      this.#res = undefined;
      this.#aborted = true;
      this.#onAborted?.();
    });
  }

  #write(write: (res: UwsResponse) => void): void {
    const res = this.#take();
    if (res === undefined) return;
    if (this.#inHandler) write(res);
    else res.cork(() => write(res));
  }

  #take(): UwsResponse | undefined {
    const res = this.#res;
    this.#res = undefined;
    return res;
  }
}
