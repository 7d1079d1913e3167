import type { EngineConnection } from "../sessions/engine-connection.ts";
import { PollingTransport } from "../transport/polling.ts";

/**
 * The last requests of a closed engine's clients: sessions that wait for a poll to take their messages, and answers on their way.
 * An HTTP server that closes would end both.
 */
export class LastPolls {
  #count = 0;
  readonly #listeners: (() => void)[] = [];

  /** Waits for a connection that was told to close. */
  expect(connection: EngineConnection): void {
    if (!(connection.currentTransport instanceof PollingTransport)) return;
    this.#count += 1;
    if (connection.readyState === "closed") this.#awaitAnswer(connection);
    else connection.once("close", () => this.#awaitAnswer(connection));
  }

  /** Resolves when none is left. A session that closes lasts no longer than 5 s and `closeTimeout`. */
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
