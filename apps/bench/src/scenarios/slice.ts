import type { Usage } from "../protocol.ts";
import type { RemoteSubject } from "../remote-subject.ts";
import type { Workload } from "./scenario.ts";

/** CPU time of a subject and the work done in it. */
export interface Spent extends Usage {
  readonly units: number;
}

/** Measures the CPU time of the subject for one slice of work. */
export async function measure(
  subject: RemoteSubject,
  workload: Workload,
  milliseconds: number,
): Promise<Spent> {
  const before = await subject.usage();
  const units = await workload.work(milliseconds);
  const after = await subject.usage();
  return { units, user: after.user - before.user, system: after.system - before.system };
}

/** Factor by which a warm-up may exceed its time if the subject shares its processor. */
const MAX_OVERRUN = 3;

/**
 * Works until the subject has spent that much CPU time, because compilers count calls, not seconds.
 */
export async function warmUp(
  subject: RemoteSubject,
  workload: Workload,
  milliseconds: number,
): Promise<void> {
  const end = performance.now() + MAX_OVERRUN * milliseconds;
  let spent = 0;
  while (spent < milliseconds * 1000 && performance.now() < end) {
    const { user, system } = await measure(subject, workload, milliseconds / 4);
    spent += user + system;
  }
}

/** Combines all slices of a round: garbage collections happen in some slices but belong to all. */
export function perUnit(slices: readonly Spent[]): { kind: "cpu"; user: number; system: number } {
  const sum = (pick: (slice: Spent) => number) => slices.reduce((total, slice) => total + pick(slice), 0);
  const units = sum((slice) => slice.units);
  return {
    kind: "cpu",
    user: sum((slice) => slice.user) / units,
    system: sum((slice) => slice.system) / units,
  };
}

/** Repeats a piece of work until the time is over; returns the sum of the returned units. */
export async function repeat(milliseconds: number, piece: () => Promise<number>): Promise<number> {
  const end = performance.now() + milliseconds;
  let units = 0;
  do units += await piece();
  while (performance.now() < end);
  return units;
}
