import type { Task } from "./codec/task.ts";

/** What the benchmark asks of a process under measurement, which gives one answer to each question, in order. */
export type Question =
  | { readonly ask: "usage" }
  | { readonly ask: "memory" }
  | { readonly ask: "place"; readonly perRoom: number }
  | { readonly ask: "code"; readonly task: Task; readonly milliseconds: number }
  | { readonly ask: "stop" };

/** CPU time of the process so far, in microseconds. */
export interface Usage {
  readonly user: number;
  readonly system: number;
}

/** After a forced collection, in bytes. */
export interface Memory {
  readonly rss: number;
  readonly heap: number;
}

export interface Answers {
  readonly usage: Usage;
  readonly memory: Memory;
  readonly place: true;
  /** How many packets were encoded or decoded. */
  readonly code: number;
}

/** The first word of a process: where it listens, if it does. */
export interface Ready {
  readonly port: number;
}
