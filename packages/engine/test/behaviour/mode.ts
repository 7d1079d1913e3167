export type Revision = 3 | 4;

/** How the clients of one run reach the server. */
export type Path = "polling" | "websocket" | "polling, then websocket";

/** One run of a topic: a revision of the protocol, and the way its clients take. */
export interface Mode {
  readonly revision: Revision;
  readonly path: Path;
}

export const revisions: readonly Revision[] = [4, 3];

const paths: readonly Path[] = ["polling", "websocket", "polling, then websocket"];

export const modes: readonly Mode[] = revisions.flatMap((revision) =>
  paths.map((path) => ({ revision, path })),
);
