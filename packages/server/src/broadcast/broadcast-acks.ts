import type { Adapter, BroadcastOptions } from "@skein/adapter";
import type { Packet } from "@skein/parser";
import { type FailureListener, watchPromise } from "../application/safe-call.ts";
import { ServerError } from "../errors.ts";
import { after, cancel, type Timer } from "../runtime/timers.ts";

/** Called once with the responses; `error` is set if the timeout expired before all arrived. */
export type AnswersListener = (error: ServerError | null, responses: readonly unknown[]) => void;

/**
 * Collects the first argument of each receiver's acknowledgement, in order of arrival. Complete
 * when every server has reported its number of receivers and all of these have answered.
 */
export class BroadcastAcks {
  readonly #responses: unknown[] = [];
  readonly #listener: AnswersListener;
  readonly #timer: Timer;
  /** Infinite until the adapter has counted the servers. */
  #expectedServers = Number.POSITIVE_INFINITY;
  #reportedServers = 0;
  #missingAnswers = 0;
  #open = true;

  constructor(timeout: number, listener: AnswersListener) {
    this.#listener = listener;
    this.#timer = after(timeout, () => this.#end(new ServerError("ACK_TIMEOUT")));
  }

  /**
   * Sends the packet and starts collecting. `failed` is called if the adapter can't count its
   * servers.
   */
  collect(adapter: Adapter, packet: Packet, options: BroadcastOptions, failed: FailureListener): void {
    adapter.broadcastWithAck(
      packet,
      options,
      (clients) => this.#serverTook(clients),
      (...args) => this.#answered(args[0]),
    );
    const servers = options.flags.local === true ? Promise.resolve(1) : adapter.serverCount();
    watchPromise(this.#awaitServers(servers), failed);
  }

  async #awaitServers(count: Promise<number>): Promise<void> {
    this.#expectedServers = await count;
    this.#check();
  }

  #serverTook(clients: number): void {
    this.#reportedServers++;
    this.#missingAnswers += clients;
    this.#check();
  }

  #answered(response: unknown): void {
    if (!this.#open) return;
    this.#responses.push(response);
    this.#missingAnswers--;
    this.#check();
  }

  #check(): void {
    if (this.#reportedServers >= this.#expectedServers && this.#missingAnswers <= 0) this.#end(null);
  }

  #end(error: ServerError | null): void {
    if (!this.#open) return;
    this.#open = false;
    cancel(this.#timer);
    this.#listener(error, this.#responses);
  }
}
