import { type BodyOutcome, GrowingBytes } from "@skein/engine";
import { nextTick } from "../timers.ts";

/**
 * Collects the body of one request as it arrives. Neither an announced length nor many tiny chunks
 * reserve memory. It starts before the body is read, because µWebSockets.js drops chunks without a
 * listener.
 */
export class BodyCollector {
  readonly #announced: number | undefined;
  #limit: number;
  #length = 0;
  /** The bytes so far; undefined before the first chunk and after the outcome. */
  #gathered: GrowingBytes | undefined;
  #outcome: BodyOutcome | undefined;
  #done: ((outcome: BodyOutcome) => void) | undefined;

  constructor(limit: number, announced: number | undefined) {
    this.#limit = limit;
    this.#announced = announced;
    this.#checkLimit();
  }

  /** Appends a copy of a chunk. */
  push(chunk: ArrayBuffer, isLast: boolean): void {
    if (this.#outcome) return;
    this.#length += chunk.byteLength;
    if (this.#length > this.#limit) return this.#settle({ kind: "too-large" });
    this.#gathered ??= new GrowingBytes(this.#limit);
    this.#gathered.append(new Uint8Array(chunk));
    if (isLast) this.#settle({ kind: "complete", bytes: this.#gathered.bytes });
  }

  /** Requests the outcome; `done` is called once, never before this returns. */
  read(limit: number, done: (outcome: BodyOutcome) => void): void {
    this.#limit = Math.min(limit, this.#limit);
    this.#done = done;
    this.#checkLimit();
    if (this.#outcome) nextTick(done, this.#outcome);
  }

  /**
   * Ends collection because the rest won't arrive or is not wanted. A pending `read` callback is
   * called after this returns.
   */
  abort(): void {
    if (this.#outcome) return;
    this.#outcome = { kind: "aborted" };
    this.#gathered = undefined;
    if (this.#done) nextTick(this.#done, this.#outcome);
  }

  #checkLimit(): void {
    if (Math.max(this.#length, this.#announced ?? 0) > this.#limit) this.#tooLarge();
  }

  #tooLarge(): void {
    this.#outcome = { kind: "too-large" };
    this.#gathered = undefined;
  }

  #settle(outcome: BodyOutcome): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    this.#gathered = undefined;
    this.#done?.(outcome);
  }
}
