import type { Task } from "./codec/task.ts";

/** What stands in a process of its own and is measured. */
export interface Subject {
  /** Where it listens; 0 if it doesn't. */
  readonly port: number;
  /** Puts every `perRoom` consecutive sockets into a room of their own: `r0`, `r1`, … */
  place(perRoom: number): void;
  /** Encodes or decodes for some time; returns how many packets. */
  code(task: Task, milliseconds: number): number;
}
