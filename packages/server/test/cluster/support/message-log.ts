import { vi } from "vitest";
import type { Watch } from "./fabric.ts";

/** Messages as text: each byte of a binary one becomes a character, so names in it can be found. */
export class MessageLog implements Watch {
  readonly #messages: string[] = [];
  readonly #stop: () => Promise<unknown>;

  constructor(stop: () => Promise<unknown>) {
    this.#stop = stop;
  }

  add(message: string | Buffer): void {
    this.#messages.push(typeof message === "string" ? message : message.toString("latin1"));
  }

  has(text: string): boolean {
    return this.#messages.some((message) => message.includes(text));
  }

  async until(text: string): Promise<void> {
    await vi.waitUntil(() => this.has(text), { timeout: 10_000 });
  }

  async stop(): Promise<void> {
    await this.#stop();
  }
}
