import { inspect } from "node:util";
import { Queue } from "./queue.ts";

type Event = [name: string, ...args: unknown[]];

interface Receiver {
  onAny(listener: (name: string, ...args: unknown[]) => void): unknown;
}

function last(events: readonly Event[]): string {
  return events
    .slice(-5)
    .map((event) => inspect(event, { breakLength: Infinity, maxStringLength: 40 }))
    .join(", ");
}

/** Every event that a socket receives, in order; a marker sent last shows what was not received. */
export class Inbox {
  readonly #events = new Queue<Event>("an event");

  constructor(receiver: Receiver) {
    receiver.onAny((name, ...args) => this.#events.push([name, ...args]));
  }

  /** The next event. */
  next(): Promise<Event> {
    return this.#events.next();
  }

  /** The events that came before the one named `marker`. A failure says what had come. */
  async before(marker: string): Promise<Event[]> {
    const events: Event[] = [];
    try {
      for (let event = await this.next(); event[0] !== marker; event = await this.next()) events.push(event);
    } catch (error) {
      const came = `${events.length} events had come and no "${marker}", the last of them: ${last(events)}`;
      throw new Error(`${String(error)}: ${came}`, { cause: error });
    }
    return events;
  }

  /** Their names. */
  async namesBefore(marker: string): Promise<string[]> {
    return (await this.before(marker)).map(([name]) => name);
  }
}
