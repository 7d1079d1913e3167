import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { ClientResponse } from "../clients/host-client.ts";

/** A response that middlewares can write as usual, and that ends in memory. */
export class MemoryResponse extends ServerResponse {
  readonly #done: (response: ClientResponse) => void;

  constructor(request: IncomingMessage, done: (response: ClientResponse) => void) {
    super(request);
    this.#done = done;
  }

  override writeHead(status: number, ...rest: unknown[]): this {
    const headers = rest.find((value) => typeof value === "object") as OutgoingHttpHeaders | undefined;
    this.statusCode = status;
    this.setAll(headers ?? {});
    return this;
  }

  setAll(headers: OutgoingHttpHeaders): void {
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) this.setHeader(name, value);
  }

  override end(...args: unknown[]): this {
    if (this.writableEnded) return this;
    const [chunk] = args;
    const body = Buffer.from(typeof chunk === "function" || chunk === undefined ? "" : (chunk as string));
    const headers = { ...this.getHeaders(), "content-length": String(body.length) };
    super.end();
    this.#done({ status: this.statusCode, headers, body });
    return this;
  }
}
