/** What server and page say to each other. Both are compiled against this file. */

export const PICTURE_TYPES: readonly string[] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

export const LIMITS = {
  /** Characters, of a person's name and of a room's. */
  name: 24,
  text: 2000,
  id: 64,
  /** Bytes. */
  picture: 2 * 1024 * 1024,
} as const;

/** A picture travels as binary: the browser sends an ArrayBuffer, the server sees a Buffer. */
export interface Picture {
  type: string;
  bytes: ArrayBuffer | Uint8Array;
}

/** What a page asks the server to say. Its id, which the page makes up, lets it be sent again without being said twice. */
export interface Draft {
  id: string;
  text: string;
  picture?: Picture;
}

export interface Message extends Draft {
  name: string;
  /** Milliseconds since 1970. */
  at: number;
}

export interface Person {
  id: string;
  name: string;
}

/** The answer to a draft: how many of the others in the room confirmed the message, or why it was refused. */
export type Receipt = { ok: true; reached: number; others: number } | { ok: false; reason: string };

export interface ClientToServerEvents {
  say: (draft: Draft, reply: (receipt: Receipt) => void) => void;
  move: (room: string) => void;
  typing: () => void;
}

export interface ServerToClientEvents {
  entered: (room: string, history: Message[]) => void;
  people: (people: Person[]) => void;
  message: (message: Message, confirm: (received: true) => void) => void;
  typing: (person: Person) => void;
}
