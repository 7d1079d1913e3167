import type { AdapterChoice } from "../../../src/index.ts";

/** What connects one node to the others. */
export interface Membership {
  readonly adapter: AdapterChoice;
  /** Frees the node's connections to the bus, once its server is closed. */
  leave(): Promise<void>;
}

/** Everything that went over the bus while it was watched. */
export interface Watch {
  /** Resolves when a message that contains `text` has come by. */
  until(text: string): Promise<void>;
  has(text: string): boolean;
  stop(): Promise<void>;
}

/** A bus between nodes, under a name that no other run uses. */
export interface Fabric {
  join(): Promise<Membership>;
  watch(): Promise<Watch>;
  /** Resolves when messages to `room` reach all of the `nodes` nodes that have members in it. */
  settled(room: string, nodes: number): Promise<void>;
  /** Leaves nothing behind on the service. */
  close(): Promise<void>;
}
