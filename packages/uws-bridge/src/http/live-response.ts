import { STATUS_CODES } from "node:http";
import type { UwsResponse, UwsUpgradeContext } from "../uws-types.ts";

/** One header line. Bytes, since HTTP headers are Latin-1 and µWebSockets.js writes strings as UTF-8. */
export type HeaderLine = readonly [name: string, value: string];

/** A whole response as it is written. */
export interface FinalResponse {
  readonly status: number;
  readonly statusText: string | undefined;
  readonly headers: readonly HeaderLine[];
  readonly body: string | Uint8Array | undefined;
  /** The body is only measured, not sent: the answer to a HEAD request. */
  readonly headOnly: boolean;
  /** Ends the connection with the response; one without a body leaves it open. */
  readonly closeConnection: boolean;
}

/** The client's own words that µWebSockets.js completes the WebSocket handshake with. */
export interface HandshakeFields {
  readonly key: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly context: UwsUpgradeContext;
}

/** µWebSockets.js writes these itself. */
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
  // `endWithoutBody` takes no arguments here: with a length other than 0, some versions never end the response.
  if (headOnly) res.writeHeader("Content-Length", String(body === undefined ? 0 : Buffer.byteLength(body)));
  res.endWithoutBody();
}

/**
 * The one holder of a µWebSockets.js response. It knows whether the response may still be touched: the native object
 * throws once it has ended or its peer has gone. Until the route's handler returns nothing can happen to it, and
 * µWebSockets.js corks it by itself: `inHandler` knows when this is over.
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
   * Calls what the route's handler does. A response that has ended by then needs no abort listener,
   * which costs; one that has not gets it in any case: µWebSockets.js ends the process where it is missing.
   */
  inHandler(act: () => void): void {
    try {
      act();
    } finally {
      this.#leaveHandler();
    }
  }

  /** True once it was ended by anyone, or the peer went away. */
  get ended(): boolean {
    return this.#res === undefined;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Sets the one listener that hears, once, that the peer went away before the response was handed over. */
  onAborted(listener: () => void): void {
    this.#onAborted = listener;
  }

  /** Hands chunks of the body over, each valid only during the call. Must be called before the handler returns. */
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
      // µWebSockets.js writes the status by itself where there is nothing to add to it.
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
