import { type ImplementationName, SERVERS } from "../implementations.ts";
import type { RemoteSubject } from "../remote-subject.ts";

/**
 * Result of one round of one scenario: microseconds of CPU per unit of work, or bytes per
 * connection.
 */
export type Figure =
  | { readonly kind: "cpu"; readonly user: number; readonly system: number }
  | { readonly kind: "memory"; readonly rss: number; readonly heap: number };

/**
 * How the load writes messages that are due at once on one connection: each by itself, as clients
 * of their own pace do, or in one segment, which lets a server answer them in one write.
 */
export type Pace = "single" | "batched";

export const PACES: readonly Pace[] = ["single", "batched"];

/** Durations and sizes of a run; the short mode is for everyday use. */
export interface Scale {
  /**
   * Milliseconds of CPU time before the measurement, in which the subject's code is compiled and
   * its pools are filled.
   */
  readonly warmUp: number;
  /** Number of slices of work in a round, and milliseconds of each slice. */
  readonly slices: number;
  readonly slice: number;
  /** Numbers of idle connections whose memory is measured. */
  readonly idle: readonly number[];
  /** Numbers of receivers for the growth of a broadcast. */
  readonly growth: readonly number[];
}

export const FULL: Scale = {
  warmUp: 600,
  slices: 6,
  slice: 130,
  idle: [5000, 15_000],
  growth: [1000, 5000, 15_000],
};
export const SHORT: Scale = { warmUp: 200, slices: 3, slice: 100, idle: [2000], growth: [] };

/** Upper limit of a figure. */
export interface Aim {
  readonly implementation: ImplementationName;
  /**
   * Unit of `atMost`: ratio to a peer, ratio to the family's first step, or KiB of resident memory.
   */
  readonly against: "reference" | "floor" | "first step" | "KiB";
  readonly atMost: number;
}

/** Work that a subject can do at any time, for a given time. */
export interface Workload {
  /** Works for about that many milliseconds; returns the number of units done. */
  work(milliseconds: number): Promise<number>;
  end(): void;
}

interface Named {
  readonly name: string;
  readonly unit: string;
  readonly aims: readonly Aim[];
  /** Pace that the aims are meant for. Default: both. */
  readonly aimedPace?: Pace;
  /** The implementations that support the scenario. */
  readonly implementations: readonly ImplementationName[];
  /** Number of open connections of the load for one implementation. */
  readonly connections: number;
}

/**
 * CPU time per unit of work. The subjects of all implementations run side by side and get their
 * slices in turn, so that a disturbance longer than a slice affects all of them.
 */
export interface SideBySide extends Named {
  readonly kind: "side by side";
  /** Factor by which its code takes longer to compile than that of other scenarios. Default: 1. */
  readonly coldness?: number;
  prepare(subject: RemoteSubject, pace: Pace): Promise<Workload>;
}

/** One step of a measurement in a single process, with increasing numbers of connections. */
export interface Step extends Named {
  readonly kind: "step";
  /** Steps of one family are measured in one process, one after the other. */
  readonly family: Family;
}

export interface Family {
  readonly name: string;
  /** Yields one figure for each number of connections. */
  climb(subject: RemoteSubject, connections: readonly number[], scale: Scale): AsyncIterable<Figure>;
}

export type Scenario = SideBySide | Step;

export const WITH_PROTOCOL = SERVERS.filter((name) => !name.startsWith("raw"));

/** The aims for a ratio to the reference on `ws` and on µWebSockets.js. */
export function ratios(onWs: number, onUws: number): Aim[] {
  return [
    { implementation: "skein-ws", against: "reference", atMost: onWs },
    { implementation: "skein-uws", against: "reference", atMost: onUws },
  ];
}
