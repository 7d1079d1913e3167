import type { ServerResponse } from "node:http";
import type { HostResponse } from "@skein/engine";
import type { LiveResponse } from "./live-response.ts";
import { headerFields, type OutgoingHeaders } from "./outgoing-headers.ts";
import { asServerResponse, OutgoingResponse, type ResponseSink } from "./outgoing-response.ts";
import type { Droppable, RequestSnapshot } from "./request-snapshot.ts";

/** Common base of HTTP and upgrade requests: a request, and a response that ends once. */
export abstract class Exchange implements ResponseSink, Droppable {
  readonly request: RequestSnapshot;
  protected readonly response: LiveResponse;
  #outgoing: OutgoingResponse | undefined;

  constructor(request: RequestSnapshot, response: LiveResponse) {
    this.request = request;
    this.response = response;
    request.own(this);
    response.onAborted(() => this.aborted());
  }

  get ended(): boolean {
    return this.response.ended;
  }

  get outgoing(): ServerResponse {
    if (this.#outgoing === undefined) {
      this.#outgoing = new OutgoingResponse(this, this.request.incoming);
      if (this.response.aborted) this.#outgoing.abort();
    }
    return asServerResponse(this.#outgoing);
  }

  /** The response object that middlewares received, if any did. */
  protected get touched(): OutgoingResponse | undefined {
    return this.#outgoing;
  }

  sendOutgoing(
    status: number,
    statusText: string | undefined,
    headers: OutgoingHeaders,
    body: string | Uint8Array | undefined,
  ): void {
    if (this.ended) return;
    this.response.end({
      status,
      statusText,
      headers: headers.lines(),
      body,
      headOnly: this.request.method === "HEAD",
      closeConnection: this.closesConnection || headers.closesConnection,
    });
    this.finished(false);
  }

  destroy(): void {
    if (this.ended) return;
    this.response.destroy();
    this.finished(true);
  }

  protected abstract get closesConnection(): boolean;

  protected aborted(): void {
    this.finished(true);
  }

  /**
   * Sends through the response that middlewares received, so that their headers and hooks apply.
   */
  protected send(response: HostResponse): void {
    if (this.ended) return;
    try {
      this.#write(response);
    } catch {
      // A listener or middleware of the application has set headers that can't be written.
      this.destroy();
    }
  }

  protected finished(aborted: boolean): void {
    if (aborted) this.#outgoing?.abort();
    this.request.release(aborted);
  }

  #write(response: HostResponse): void {
    const outgoing = this.#outgoing;
    const headers = response.closesConnection
      ? { ...response.headers, Connection: "close" }
      : response.headers;
    if (outgoing === undefined) {
      return this.sendOutgoing(response.status, undefined, headerFields(headers), response.body);
    }
    if (outgoing.headersSent) {
      // A middleware failed after it had begun the response: nothing can be added.
      outgoing.end();
      return;
    }
    outgoing.joinHeaders(headers ?? {});
    outgoing.writeHead(response.status);
    outgoing.end(response.body);
  }
}
