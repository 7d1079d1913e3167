import type { EngineConnection } from "../sessions/engine-connection.ts";
import { PollingTransport } from "../transport/polling.ts";

/**
 * Tracks the last polls of a closed engine: sessions that wait for a poll to take their messages,
 * and unsent responses. Closing the HTTP server would end both.
 */
export class LastPolls {
  #count = 0;
  readonly #listeners: (() => void)[] = [];

  /** Adds a connection that is closing. */
  expect(connection: EngineConnection): void {
    if (!(connection.currentTransport instanceof PollingTransport)) return;
    this.#count += 1;
    if (connection.readyState === "closed") this.#awaitAnswer(connection);
    else connection.once("close", () => this.#awaitAnswer(connection));
  }

  /**
   * Resolves when none is left. A session takes at most 5 s and at most `closeTimeout` to close.
   */
  over(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#listeners.push(resolve);
    });
  }

  #awaitAnswer({ currentTransport }: EngineConnection): void {
    if (currentTransport instanceof PollingTransport) currentTransport.whenSent(() => this.#came());
    else this.#came();
  }

  #came(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
