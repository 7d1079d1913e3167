/** What the benchmark asks of a server process, and what it answers: one answer per question, in order. */
export type Question =
  | { readonly ask: "usage" }
  | { readonly ask: "memory" }
  | { readonly ask: "broadcast"; readonly times: number; readonly room?: string; readonly except?: string }
  | { readonly ask: "place"; readonly perRoom: number }
  | { readonly ask: "stop" };

/** CPU time of the server process so far, in microseconds. */
export interface Usage {
  readonly user: number;
  readonly system: number;
}

/** After a forced collection, in bytes. */
export interface Memory {
  readonly rss: number;
  readonly heap: number;
}

export type Answer =
  | { readonly ready: number }
  | { readonly usage: Usage }
  | { readonly memory: Memory }
  | { readonly done: true };

/** The server implementations that are measured, under the names of the command line. */
export const IMPLEMENTATIONS = [
  "socket.io-ws",
  "socket.io-uws",
  "raw-ws",
  "raw-uws",
  "skein-ws",
  "skein-uws",
] as const;
export type ImplementationName = (typeof IMPLEMENTATIONS)[number];
