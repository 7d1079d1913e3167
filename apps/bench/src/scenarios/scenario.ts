import { type ImplementationName, SERVERS } from "../implementations.ts";
import type { RemoteSubject } from "../remote-subject.ts";

/** What one round of one scenario measured: microseconds of CPU per unit of work, or bytes per connection. */
export type Figure =
  | { readonly kind: "cpu"; readonly user: number; readonly system: number }
  | { readonly kind: "memory"; readonly rss: number; readonly heap: number };

/**
 * How the load writes messages that are due at once on one connection: each by itself, as clients
 * of their own pace do, or in one segment, which lets a server answer them in one write.
 */
export type Pace = "single" | "batched";

export const PACES: readonly Pace[] = ["single", "batched"];

/** How long everything takes: the short mode is for everyday use. */
export interface Scale {
  /** Milliseconds of CPU time before anything is measured, until the subject's code is compiled and its pools are filled. */
  readonly warmUp: number;
  /** How many slices of work make a round, and how many milliseconds each takes. */
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

/** What a figure may be at most. */
export interface Aim {
  readonly implementation: ImplementationName;
  /** What `atMost` counts in: shares of what a peer needs, shares of the family's first step, or KiB of resident memory. */
  readonly against: "reference" | "floor" | "first step" | "KiB";
  readonly atMost: number;
}

/** Work that a subject can be given at any time, for a time. */
export interface Workload {
  /** Works for about that many milliseconds; returns how many units of work were done. */
  work(milliseconds: number): Promise<number>;
  end(): void;
}

interface Named {
  readonly name: string;
  readonly unit: string;
  readonly aims: readonly Aim[];
  /** The implementations that have such a thing. */
  readonly implementations: readonly ImplementationName[];
  /** Connections that the load has open at once for one implementation. */
  readonly connections: number;
}

/**
 * CPU per unit of work. The subjects of all implementations stand side by side and get their slices in turn, so that what
 * disturbs the machine for longer than a slice disturbs them all.
 */
export interface SideBySide extends Named {
  readonly kind: "side by side";
  /** How many times as long as others its code takes to be compiled. Default: 1. */
  readonly coldness?: number;
  prepare(subject: RemoteSubject, pace: Pace): Promise<Workload>;
}

/** One step of what must be measured in one process, with ever more connections. */
export interface Step extends Named {
  readonly kind: "step";
  /** Steps of one family are taken in one process, one after the other. */
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
