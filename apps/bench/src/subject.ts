import type { Task } from "./codec/task.ts";

/** A measured implementation in its own process. */
export interface Subject {
  /** Port on which it listens; 0 for none. */
  readonly port: number;
  /** Puts every `perRoom` consecutive sockets into a room of their own: `r0`, `r1`, … */
  place(perRoom: number): void;
  /** Encodes or decodes for the given time; returns the number of packets. */
  code(task: Task, milliseconds: number): number;
}
