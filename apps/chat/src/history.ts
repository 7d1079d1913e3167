import type { Message } from "./events.ts";

const MAX_ROOMS = 20;
const MAX_MESSAGES = 50;
/** Small enough for one packet: clients refuse packets with more than ten binary parts. */
const MAX_PICTURES = 5;

/** Recent messages of the recently active rooms, bounded whatever clients do. */
export class History {
  /** Messages by room; the room that was inactive for longest comes first. */
  readonly #rooms = new Map<string, Message[]>();

  of(room: string): Message[] {
    return this.#rooms.get(room) ?? [];
  }

  add(room: string, message: Message): void {
    const messages = [...this.of(room), message];
    const pictures = messages.filter(({ picture }) => picture !== undefined);
    const tooOld = new Set(pictures.slice(0, -MAX_PICTURES));
    this.#rooms.delete(room);
    this.#rooms.set(room, messages.filter((kept) => !tooOld.has(kept)).slice(-MAX_MESSAGES));
    const [silent] = this.#rooms.keys();
    if (this.#rooms.size > MAX_ROOMS && silent !== undefined) this.#rooms.delete(silent);
  }
}
