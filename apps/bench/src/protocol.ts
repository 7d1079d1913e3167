import type { Task } from "./codec/task.ts";

/** Requests of the benchmark to a measured process, which sends one response to each, in order. */
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

/** Memory after a forced collection, in bytes. */
export interface Memory {
  readonly rss: number;
  readonly heap: number;
}

export interface Answers {
  readonly usage: Usage;
  readonly memory: Memory;
  readonly place: true;
  /** Number of packets encoded or decoded. */
  readonly code: number;
}

/** The first message of a process: the port on which it listens, if any. */
export interface Ready {
  readonly port: number;
}
