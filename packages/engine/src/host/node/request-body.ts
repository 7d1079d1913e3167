import type { IncomingMessage } from "node:http";
import type { BodyOutcome } from "../host.ts";

/** Reads one body as `HttpExchange.readBody` promises: bytes are counted as they come, and none is kept beyond the limit. */
export class RequestBody {
  readonly #request: IncomingMessage;
  readonly #limit: number;
  #done: ((outcome: BodyOutcome) => void) | undefined;
  #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(request: IncomingMessage, limit: number, done: (outcome: BodyOutcome) => void) {
    this.#request = request;
    this.#limit = limit;
    this.#done = done;
  }

  start(): void {
    const request = this.#request;
    if (request.readableEnded) return this.#complete();
    if (request.destroyed) return this.#settle({ kind: "aborted" });
    request.on("data", this.#onData);
    request.on("end", () => this.#complete());
    request.on("close", () => this.#settle({ kind: "aborted" }));
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#size += chunk.byteLength;
    if (this.#size > this.#limit) this.#refuse();
    else this.#chunks.push(chunk);
  };

  #complete(): void {
    const [only] = this.#chunks;
    const single = this.#chunks.length === 1 ? only : undefined;
    this.#settle({ kind: "complete", bytes: single ?? Buffer.concat(this.#chunks) });
  }

  /** The stream keeps flowing without a listener: what is left of the body is read and forgotten. */
  #refuse(): void {
    this.#request.off("data", this.#onData).resume();
    this.#settle({ kind: "too-large" });
  }

  #settle(outcome: BodyOutcome): void {
    const done = this.#done;
    if (done === undefined) return;
    this.#done = undefined;
    this.#chunks = [];
    done(outcome);
  }
}
