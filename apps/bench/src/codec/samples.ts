import type { Sample } from "./task.ts";

function message(id: number): object {
  return {
    id: `m${id}`,
    author: { id: 17 + id, name: "Ada Lovelace", away: false },
    text: "The engine weaves algebraic patterns just as the loom weaves flowers and leaves.",
    sentAt: 1_700_000_000_000 + id,
    tags: ["history", "looms"],
    edited: null,
  };
}

const bytes = Buffer.alloc(1024, 7);

/** The arguments of an event, its name first. */
export const ARGUMENTS: Record<Sample, readonly unknown[]> = {
  "small text": ["e", "abcdefghijklmnopqrstuvwxyz012345"],
  object: ["message", message(1)],
  "list of objects": ["history", Array.from({ length: 20 }, (_, index) => message(index))],
  binary: ["e", bytes],
  "object with binary": ["upload", { name: "photo.png", size: 1024, content: bytes }],
};
