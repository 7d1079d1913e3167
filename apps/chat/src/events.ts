/** The events between server and page. Both are compiled against this file. */

export const PICTURE_TYPES: readonly string[] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

export const LIMITS = {
  /** Characters, of a person's name and of a room's. */
  name: 24,
  text: 2000,
  id: 64,
  /** Bytes. */
  picture: 2 * 1024 * 1024,
} as const;

/** A picture, sent as binary: an ArrayBuffer in the browser, a Buffer on the server. */
export interface Picture {
  type: string;
  bytes: ArrayBuffer | Uint8Array;
}

/**
 * A message that a page asks the server to send. The page chooses the id, so a repeated draft is
 * not sent twice.
 */
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

/**
 * The acknowledgement of a draft: how many other members of the room confirmed it, or why it was
 * refused.
 */
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
