import { setImmediate } from "../timers.ts";

/** The receiver of a message. */
export interface Recipient {
  receive(message: string | Uint8Array): void;
}

/** Maximum bytes or characters that are queued; above it the messages are delivered at once. */
const MAX_WAITING_BYTES = 256 * 1024;

/** Size that a message counts besides its content, in bytes: the objects that hold it. */
const MESSAGE_OVERHEAD = 128;

/**
 * The messages of one turn of the event loop, for all WebSockets of a route, in order.
 * µWebSockets.js makes one callback per message and runs the ticks after each, which costs a
 * listener that defers work to the next tick more than the message itself. The inbox delivers all
 * messages of a turn in one call.
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

  /** Delivers the queued messages now; returns whether there were any. */
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

  /**
   * Restores the messages that were not delivered because a listener threw, so that the other
   * recipients get theirs.
   */
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
