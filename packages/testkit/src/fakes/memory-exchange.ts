import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { BodyOutcome, HostRequest, HostResponse, HttpExchange } from "@skein/engine";
import type { ClientRequest, ClientResponse } from "../clients/host-client.ts";
import { MemoryResponse } from "./memory-response.ts";

/** Converts the request of a test client to that of an engine. */
export function memoryRequest({ method = "GET", path, headers = {} }: ClientRequest): HostRequest {
  const incoming = new IncomingMessage(new Socket());
  incoming.method = method;
  incoming.url = path;
  incoming.headers = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return {
    method,
    url: path,
    headers: incoming.headers,
    remoteAddress: "127.0.0.1",
    secure: false,
    incoming,
  };
}

/** One request and response in memory. */
export class MemoryExchange implements HttpExchange {
  readonly request: HostRequest;
  readonly outgoing: MemoryResponse;
  readonly response: Promise<ClientResponse>;
  readonly #body: Buffer;
  readonly #complete: boolean;
  #gone = false;
  #fail: (error: Error) => void = () => {};
  #onAborted: (() => void) | undefined;
  #onBody: ((outcome: BodyOutcome) => void) | undefined;

  constructor(spec: ClientRequest) {
    this.request = memoryRequest(spec);
    this.#body = Buffer.from((spec.body ?? "") as string);
    this.#complete = spec.announcedLength === undefined || spec.announcedLength === this.#body.length;
    let answer: (response: ClientResponse) => void = () => {};
    this.response = new Promise((resolve, reject) => {
      answer = resolve;
      this.#fail = reject;
    });
    this.response.catch(() => {});
    this.outgoing = new MemoryResponse(this.request.incoming, answer);
  }

  get ended(): boolean {
    return this.#gone || this.outgoing.writableEnded;
  }

  onAborted(listener: () => void): void {
    this.#onAborted = listener;
  }

  readBody(limit: number, done: (outcome: BodyOutcome) => void): void {
    this.#onBody = done;
    queueMicrotask(() => {
      if (this.#body.length > limit) this.#settleBody({ kind: "too-large" });
      else if (this.#complete) this.#settleBody({ kind: "complete", bytes: this.#body });
    });
  }

  respond(response: HostResponse): void {
    if (this.ended) return;
    this.outgoing.writeHead(response.status, response.headers).end(response.body);
  }

  destroy(): void {
    if (this.ended) return;
    this.#gone = true;
    this.#settleBody({ kind: "aborted" });
    this.#fail(new Error("the server dropped the connection"));
  }

  /** Simulates a disconnect of the client. */
  abort(): void {
    if (this.ended) return;
    this.#gone = true;
    this.#fail(new Error("aborted"));
    this.#settleBody({ kind: "aborted" });
    this.#onAborted?.();
  }

  #settleBody(outcome: BodyOutcome): void {
    const done = this.#onBody;
    this.#onBody = undefined;
    done?.(outcome);
  }
}
