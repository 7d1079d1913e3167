import { setImmediate } from "../timers.ts";

/** Whoever a message came to. */
export interface Recipient {
  receive(message: string | Uint8Array): void;
}

/** Bytes, or characters, that may wait: beyond that the messages are handed on at once. */
const MAX_WAITING_BYTES = 256 * 1024;

/** What a message counts besides its content: the objects that hold it, in bytes. */
const MESSAGE_OVERHEAD = 128;

/**
 * The messages of one turn of the event loop, for all WebSockets of a route, in their order. µWebSockets.js calls back for
 * each message by itself, and lets the ticks run after each call: for those who handle a message on the next tick that costs
 * more than the message. Here all of a turn are handed on in one call.
 */
export class Inbox {
  #recipients: Recipient[] = [];
  #messages: (string | Uint8Array)[] = [];
  #weight = 0;
  #planned = false;
  #delivering = false;

  put(recipient: Recipient, message: string | Uint8Array): void {
    this.#recipients.push(recipient);
    this.#messages.push(message);
    this.#weight += message.length + MESSAGE_OVERHEAD;
    if (this.#weight > MAX_WAITING_BYTES) this.deliver();
    else this.#plan();
  }

  /** Hands on what waits, now; tells whether there was anything. */
  deliver(): boolean {
    if (this.#delivering || this.#recipients.length === 0) return false;
    const recipients = this.#recipients;
    const messages = this.#messages;
    this.#recipients = [];
    this.#messages = [];
    this.#weight = 0;
    this.#delivering = true;
    let begun = 0;
    try {
      while (begun < recipients.length) {
        const at = begun++;
        recipients[at]?.receive(messages[at] ?? "");
      }
    } finally {
      this.#delivering = false;
      if (begun < recipients.length) this.#putFirst(recipients.slice(begun), messages.slice(begun));
    }
    return true;
  }

  /** After a listener that threw: the others are handed theirs all the same. */
  #putFirst(recipients: readonly Recipient[], messages: readonly (string | Uint8Array)[]): void {
    this.#recipients = [...recipients, ...this.#recipients];
    this.#messages = [...messages, ...this.#messages];
    this.#plan();
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(this.#onTurnEnd);
  }

  readonly #onTurnEnd = (): void => {
    this.#planned = false;
    this.deliver();
  };
}
