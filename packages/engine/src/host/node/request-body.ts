import type { IncomingMessage } from "node:http";
import { GrowingBytes } from "../../protocol/growing-bytes.ts";
import type { BodyOutcome } from "../host.ts";

const NOTHING = new Uint8Array(0);

/**
 * Reads one body as specified by `HttpExchange.readBody`. Bytes are counted as they arrive, and
 * none is kept beyond the limit. A body of one chunk, the usual case, is not copied.
 */
export class RequestBody {
  readonly #request: IncomingMessage;
  readonly #limit: number;
  #done: ((outcome: BodyOutcome) => void) | undefined;
  #size = 0;
  /** The first chunk, while it is the only one. */
  #only: Uint8Array | undefined;
  #gathered: GrowingBytes | undefined;

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
    else if (this.#size === chunk.byteLength) this.#only = chunk;
    else this.#gather(chunk);
  };

  #gather(chunk: Uint8Array): void {
    this.#gathered ??= new GrowingBytes(this.#limit, this.#size);
    if (this.#only !== undefined) this.#gathered.append(this.#only);
    this.#only = undefined;
    this.#gathered.append(chunk);
  }

  #complete(): void {
    this.#settle({ kind: "complete", bytes: this.#only ?? this.#gathered?.bytes ?? NOTHING });
  }

  /** Refuses the body. The stream keeps flowing without a listener, which discards the rest. */
  #refuse(): void {
    this.#request.off("data", this.#onData).resume();
    this.#settle({ kind: "too-large" });
  }

  #settle(outcome: BodyOutcome): void {
    const done = this.#done;
    if (done === undefined) return;
    this.#done = undefined;
    this.#only = undefined;
    this.#gathered = undefined;
    done(outcome);
  }
}
