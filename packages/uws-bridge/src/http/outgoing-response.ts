import { type OutgoingHttpHeaders, type ServerResponse, validateHeaderValue } from "node:http";
import { EngineError } from "@skein/engine";
import { LazyEmitter } from "./lazy-emitter.ts";
import { type HeaderValue, OutgoingHeaders } from "./outgoing-headers.ts";
import { nextTick } from "../timers.ts";

/** The receiver of a finished response. */
export interface ResponseSink {
  sendOutgoing(
    status: number,
    statusText: string | undefined,
    headers: OutgoingHeaders,
    body: Uint8Array,
  ): void;
  destroy(): void;
}

type Chunk = string | Uint8Array;
type Encoding = BufferEncoding | (() => void) | undefined;

function toBytes(chunk: Chunk, encoding: Encoding): Uint8Array {
  if (typeof chunk !== "string") return Buffer.from(chunk);
  return Buffer.from(chunk, typeof encoding === "string" ? encoding : "utf8");
}

function validStatus(status: number): number {
  if (Number.isInteger(status) && status >= 100 && status <= 999) return status;
  throw new EngineError("INVALID_OPTION", `invalid status code: ${status}`);
}

/**
 * A response as middlewares write it: the writable surface of `ServerResponse`. Headers are
 * readable, and hooks that replace `writeHead` or `end` are called as on Node.js. Output is held
 * until `end`, because µWebSockets.js requires the status before any header and the length before
 * the body.
 */
export class OutgoingResponse extends LazyEmitter {
  statusCode = 200;
  statusMessage: string | undefined;
  readonly req: unknown;
  readonly sendDate = true;
  readonly #sink: ResponseSink;
  readonly #headers = new OutgoingHeaders();
  #chunks: Uint8Array[] = [];
  #state: "open" | "headersSent" | "ended" | "aborted" = "open";

  constructor(sink: ResponseSink, req: unknown) {
    super();
    this.#sink = sink;
    this.req = req;
  }

  get headersSent(): boolean {
    return this.#state === "headersSent" || this.#state === "ended";
  }

  get writableEnded(): boolean {
    return this.#state === "ended";
  }

  get writableFinished(): boolean {
    return this.writableEnded;
  }

  get finished(): boolean {
    return this.writableEnded;
  }

  get writable(): boolean {
    return this.#state === "open" || this.#state === "headersSent";
  }

  get destroyed(): boolean {
    return this.#state === "aborted";
  }

  get socket(): unknown {
    return (this.req as { socket?: unknown }).socket;
  }

  get connection(): unknown {
    return this.socket;
  }

  setHeader(name: string, value: HeaderValue): this {
    this.#assertOpen("set");
    this.#headers.set(name, value);
    return this;
  }

  appendHeader(name: string, value: string | readonly string[]): this {
    this.#assertOpen("append");
    this.#headers.append(name, value);
    return this;
  }

  setHeaders(headers: Iterable<readonly [string, HeaderValue]>): this {
    for (const [name, value] of headers) this.setHeader(name, value);
    return this;
  }

  removeHeader(name: string): void {
    this.#assertOpen("remove");
    this.#headers.remove(name);
  }

  getHeader(name: string): HeaderValue | undefined {
    return this.#headers.get(name);
  }

  hasHeader(name: string): boolean {
    return this.#headers.has(name);
  }

  getHeaderNames(): string[] {
    return this.#headers.names();
  }

  getRawHeaderNames(): string[] {
    return this.#headers.rawNames();
  }

  getHeaders(): Record<string, HeaderValue> {
    return this.#headers.toObject();
  }

  writeHead(status: number, reason?: string | OutgoingHttpHeaders, headers?: OutgoingHttpHeaders): this {
    this.#assertOpen("write");
    this.statusCode = validStatus(status);
    if (typeof reason === "string") this.statusMessage = reason;
    if (this.statusMessage !== undefined) validateHeaderValue("statusMessage", this.statusMessage);
    this.#headers.merge(headers ?? (typeof reason === "object" ? reason : {}));
    if (this.#state === "open") this.#state = "headersSent";
    return this;
  }

  /** Adds the headers of a response to those that middlewares have set. */
  joinHeaders(headers: OutgoingHttpHeaders): void {
    this.#assertOpen("set");
    this.#headers.join(headers);
  }

  /**
   * Two members of Node's class that are used by middlewares which delay the end of a response,
   * such as express-session.
   */
  get ["_header"](): string | null {
    return this.headersSent ? `HTTP/1.1 ${this.statusCode}` : null;
  }

  ["_implicitHeader"](): void {
    this.flushHeaders();
  }

  flushHeaders(): void {
    if (this.#state === "open") this.writeHead(this.statusCode);
  }

  write(chunk: Chunk, encoding?: Encoding, callback?: () => void): boolean {
    if (!this.writable) return false;
    this.flushHeaders();
    this.#chunks.push(toBytes(chunk, encoding));
    const written = typeof encoding === "function" ? encoding : callback;
    if (written) nextTick(written);
    return true;
  }

  end(chunk?: Chunk | (() => void), encoding?: Encoding, callback?: () => void): this {
    const done = [chunk, encoding, callback].find((each) => typeof each === "function");
    if (done) this.once("finish", done);
    if (!this.writable) return this;
    if (chunk !== undefined && chunk !== null && typeof chunk !== "function") {
      this.write(chunk, typeof encoding === "string" ? encoding : "utf8");
    }
    this.flushHeaders();
    this.#state = "ended";
    this.#sink.sendOutgoing(this.statusCode, this.statusMessage, this.#headers, this.#takeBody());
    nextTick(emitFinished, this);
    return this;
  }

  /** Drops the connection. */
  destroy(): this {
    this.abort();
    this.#sink.destroy();
    return this;
  }

  setTimeout(): this {
    return this;
  }

  cork(): void {}

  uncork(): void {}

  /**
   * Returns the headers for a 101, which ends this response without a body. Calls the hooks on
   * `writeHead` first.
   */
  takeHandshakeHeaders(): OutgoingHeaders {
    if (this.#state === "open") this.writeHead(101);
    this.#state = "ended";
    return this.#headers;
  }

  /** Marks the peer as disconnected: later writes are discarded. */
  abort(): void {
    if (!this.writable) return;
    this.#state = "aborted";
    this.#chunks = [];
    this.emit("close");
  }

  #takeBody(): Uint8Array {
    const [first, ...more] = this.#chunks;
    this.#chunks = [];
    if (first === undefined) return new Uint8Array(0);
    return more.length === 0 ? first : Buffer.concat([first, ...more]);
  }

  #assertOpen(action: string): void {
    if (!this.headersSent) return;
    throw new EngineError("INVALID_STATE", `cannot ${action} headers after they were sent to the client`);
  }
}

function emitFinished(response: OutgoingResponse): void {
  response.emit("finish");
  response.emit("close");
}

/**
 * Casts to Node's class. This is the only such cast of a response: Node's class can't be created
 * without a Node.js request.
 */
export function asServerResponse(response: OutgoingResponse): ServerResponse {
  return response as unknown as ServerResponse;
}
