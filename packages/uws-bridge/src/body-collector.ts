import type { BodyOutcome } from "@skein/engine";
import { nextTick } from "./timers.ts";

/**
 * Collects the body of one request as it comes, in one buffer that grows with it: neither an announced length nor many
 * tiny chunks reserve memory. It starts before anybody asks for the body, because µWebSockets.js drops chunks that nobody listens for.
 */
export class BodyCollector {
  readonly #announced: number | undefined;
  #limit: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;
  #outcome: BodyOutcome | undefined;
  #done: ((outcome: BodyOutcome) => void) | undefined;

  constructor(limit: number, announced: number | undefined) {
    this.#limit = limit;
    this.#announced = announced;
    this.#checkLimit();
  }

  /** Takes a chunk, copying it. */
  push(chunk: ArrayBuffer, isLast: boolean): void {
    if (this.#outcome) return;
    const length = this.#length + chunk.byteLength;
    if (length > this.#limit) return this.#settle({ kind: "too-large" });
    this.#reserve(length);
    this.#bytes.set(new Uint8Array(chunk), this.#length);
    this.#length = length;
    if (isLast) this.#settle({ kind: "complete", bytes: this.#bytes.subarray(0, length) });
  }

  /** Asks for the outcome; `done` is called once, never before this returns. */
  read(limit: number, done: (outcome: BodyOutcome) => void): void {
    this.#limit = Math.min(limit, this.#limit);
    this.#done = done;
    this.#checkLimit();
    if (this.#outcome) nextTick(done, this.#outcome);
  }

  /** The rest won't come, or nobody wants it: whoever asked is told after the call that ended it. */
  abort(): void {
    if (this.#outcome) return;
    this.#outcome = { kind: "aborted" };
    this.#bytes = new Uint8Array(0);
    if (this.#done) nextTick(this.#done, this.#outcome);
  }

  #checkLimit(): void {
    if (Math.max(this.#length, this.#announced ?? 0) > this.#limit) this.#tooLarge();
  }

  #tooLarge(): void {
    this.#outcome = { kind: "too-large" };
    this.#bytes = new Uint8Array(0);
  }

  #settle(outcome: BodyOutcome): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    this.#bytes = new Uint8Array(0);
    this.#done?.(outcome);
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.min(this.#limit, Math.max(length, 2 * this.#bytes.length)));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
