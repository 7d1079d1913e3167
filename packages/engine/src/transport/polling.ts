import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Alarm } from "../time/clock.ts";
import { EngineError, type EngineErrorCode } from "../errors.ts";
import type { BodyOutcome, HostResponse, HttpExchange } from "../host/host.ts";
import { asBuffer } from "../protocol/bytes.ts";
import type { Codec } from "../protocol/codec/codec.ts";
import { CLOSE, type OutgoingPacket, type ReceivedPacket } from "../protocol/packet.ts";
import { compressBody, responseCoding } from "./content-coding.ts";
import type { PollingSettings } from "./polling-settings.ts";
import type { Transport, TransportListener } from "./transport.ts";

/** The state of a poll: none, waiting for packets, or being answered. */
type Poll =
  | { readonly kind: "none" }
  | { readonly kind: "waiting" | "answering"; readonly exchange: HttpExchange };

type Body = string | Uint8Array;

const NO_POLL: Poll = { kind: "none" };
/** Closes the connection, because the rest of the body may still arrive. */
const BODY_TIMEOUT: HostResponse = { status: 408, closesConnection: true };
const BINARY_TYPE = "application/octet-stream";

function bodyType(body: Body): string {
  return typeof body === "string" ? "text/plain; charset=UTF-8" : BINARY_TYPE;
}

/** Whether this is an old Internet Explorer, which blocks responses that look like scripts. */
function hasXssFilter(userAgent: string | undefined): boolean {
  return userAgent !== undefined && (userAgent.includes(";MSIE") || userAgent.includes("Trident/"));
}

/** Long-polling (engine-protocol, "HTTP long-polling"). A GET grants a batch, a POST brings one. */
export class PollingTransport implements Transport, Alarm {
  readonly name = "polling";
  readonly #codec: Codec;
  readonly #settings: PollingSettings;
  readonly #base64: boolean;
  #listener: TransportListener | undefined;
  #poll: Poll = NO_POLL;
  #push: HttpExchange | undefined;
  /** A response not taken by the operating system yet; the next poll grants nothing before. */
  #unsent: ServerResponse | undefined;
  /** Headers of the first response only. */
  #initialHeaders: OutgoingHttpHeaders | undefined;

  constructor(codec: Codec, settings: PollingSettings, base64: boolean, initialHeaders: OutgoingHttpHeaders) {
    this.#codec = codec;
    this.#settings = settings;
    this.#base64 = base64;
    this.#initialHeaders = initialHeaders;
  }

  get bufferedAmount(): number {
    return this.#unsent?.writableLength ?? 0;
  }

  attach(listener: TransportListener): void {
    this.#listener = listener;
  }

  onRequest(exchange: HttpExchange): void {
    switch (exchange.request.method) {
      case "GET":
        return this.#onPoll(exchange);
      case "POST":
        return this.#onPush(exchange);
      default:
        return exchange.respond({ status: 500 });
    }
  }

  send(batch: readonly OutgoingPacket[]): void {
    const poll = this.#poll;
    if (poll.kind !== "waiting") return;
    const body = this.#codec.payloads.encode(batch, this.#base64);
    const { httpCompression } = this.#settings;
    const coding = responseCoding(httpCompression, batch, body, poll.exchange.request.headers);
    if (coding === undefined) return this.#answer(poll.exchange, body, {});
    this.#poll = { kind: "answering", exchange: poll.exchange };
    const options = typeof httpCompression === "object" ? httpCompression : {};
    compressBody(body, coding, options, (compressed) => {
      if (compressed === undefined) this.#answer(poll.exchange, body, {});
      else
        this.#answer(poll.exchange, compressed, {
          "Content-Type": bodyType(body),
          "Content-Encoding": coding,
        });
    });
  }

  close(): void {
    this.#listener = undefined;
    if (this.#poll.kind === "waiting") this.send([CLOSE]);
  }

  discard(): void {
    this.close();
  }

  /** Calls `sent` when the operating system has taken all responses: at once if it has. */
  whenSent(sent: () => void): void {
    const answer = this.#poll.kind === "answering" ? this.#poll.exchange.outgoing : this.#unsent;
    if (answer === undefined) sent();
    else answer.once("close", sent);
  }

  /** Refuses a body that timed out, also after the session has moved to another transport. */
  ring(): void {
    const push = this.#push;
    this.#push = undefined;
    push?.respond(BODY_TIMEOUT);
    this.#fail("BODY_TIMEOUT");
  }

  #onPoll(exchange: HttpExchange): void {
    if (this.#poll.kind !== "none") {
      exchange.respond({ status: 400 });
      return this.#fail("POLL_OVERLAP");
    }
    this.#poll = { kind: "waiting", exchange };
    exchange.onAborted(() => this.#onPollAborted(exchange));
    if (this.#unsent === undefined) this.#listener?.onWritable(this);
  }

  #onPollAborted(exchange: HttpExchange): void {
    if (this.#poll.kind === "none" || this.#poll.exchange !== exchange) return;
    this.#poll = NO_POLL;
    this.#fail("POLL_ABORTED");
  }

  #onPush(exchange: HttpExchange): void {
    const pending = this.#push;
    if (pending !== undefined) {
      exchange.respond({ status: 400 });
      this.#endPush();
      pending.destroy();
      return this.#fail("DATA_OVERLAP");
    }
    const isBinary = exchange.request.headers["content-type"] === BINARY_TYPE;
    if (isBinary && this.#codec.payloads.decodeBinary === undefined) {
      exchange.respond({ status: 400 });
      return this.#fail("INVALID_CONTENT");
    }
    this.#beginPush(exchange);
    exchange.readBody(this.#settings.maxHttpBufferSize, (outcome) =>
      this.#onBody(exchange, isBinary, outcome),
    );
  }

  /** Starts reading a body. Its deadline covers the whole body and is not extended by chunks. */
  #beginPush(exchange: HttpExchange): void {
    const { clock, bodyTimeout } = this.#settings;
    this.#push = exchange;
    if (bodyTimeout > 0) clock.arm(this, clock.now() + bodyTimeout);
  }

  #endPush(): void {
    this.#push = undefined;
    this.#settings.clock.disarm(this);
  }

  #onBody(exchange: HttpExchange, isBinary: boolean, outcome: BodyOutcome): void {
    if (this.#push !== exchange) return;
    this.#endPush();
    switch (outcome.kind) {
      case "aborted":
        return this.#fail("DATA_ABORTED");
      case "too-large":
        this.#settings.onTooLarge(exchange.request);
        return exchange.respond({ status: 413 });
      case "complete":
        if (!this.#receive(outcome.bytes, isBinary)) return exchange.respond({ status: 413 });
        return exchange.respond({
          status: 200,
          headers: this.#headersFor(exchange, { "Content-Type": "text/html" }),
          body: "ok",
        });
    }
  }

  /** Receives packets. Returns false if there are too many; those up to the limit are delivered. */
  #receive(bytes: Uint8Array, isBinary: boolean): boolean {
    const packets = this.#decode(bytes, isBinary)[Symbol.iterator]();
    for (let count = 0; ; count += 1) {
      let next: IteratorResult<ReceivedPacket>;
      try {
        next = packets.next();
      } catch (error) {
        this.#failWith(error instanceof EngineError ? error : new EngineError("PARSE_ERROR"));
        return true;
      }
      if (next.done === true) return true;
      if (count >= this.#settings.maxPacketsPerPayload) {
        this.#fail("TOO_MANY_PACKETS");
        return false;
      }
      this.#listener?.onPacket(this, next.value);
    }
  }

  #decode(bytes: Uint8Array, isBinary: boolean): Iterable<ReceivedPacket> {
    const { payloads } = this.#codec;
    if (isBinary && payloads.decodeBinary !== undefined) return payloads.decodeBinary(bytes);
    return payloads.decodeText(asBuffer(bytes).toString());
  }

  #answer(exchange: HttpExchange, body: Body, headers: OutgoingHttpHeaders): void {
    this.#poll = NO_POLL;
    const all = this.#headersFor(exchange, { "Content-Type": bodyType(body), ...headers });
    exchange.respond({ status: 200, headers: all, body });
    if (exchange.outgoing.writableLength > 0) this.#awaitSent(exchange.outgoing);
  }

  #awaitSent(outgoing: ServerResponse): void {
    this.#unsent = outgoing;
    outgoing.once("close", () => {
      this.#unsent = undefined;
      if (this.#poll.kind === "waiting") this.#listener?.onWritable(this);
    });
  }

  #headersFor(exchange: HttpExchange, headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
    const { request } = exchange;
    const initial = this.#initialHeaders;
    this.#initialHeaders = undefined;
    if (hasXssFilter(request.headers["user-agent"])) headers["X-XSS-Protection"] = "0";
    headers["cache-control"] = "no-store";
    if (initial !== undefined) Object.assign(headers, initial);
    this.#settings.onHeaders(headers, request, initial !== undefined);
    this.#listener?.onHeaders?.(this, headers, request);
    return headers;
  }

  #fail(code: EngineErrorCode): void {
    this.#failWith(new EngineError(code));
  }

  /** Reports a failure. On dropping this transport a pending poll gets a close packet. */
  #failWith(error: EngineError): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.onFailure(this, error);
  }
}
