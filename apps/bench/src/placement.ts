import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The processors of the load and of the measured processes. */
export interface Placement {
  readonly load: number;
  readonly subject: number;
}

/** The numbers in a processor list in the kernel's format: `0-2,5`. */
export function processorsIn(list: string): number[] {
  return list
    .split(",")
    .filter((range) => range.trim() !== "")
    .flatMap((range) => {
      const [first = Number.NaN, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

function allowed(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync("/proc/self/status", "utf8"));
    return processorsIn(list?.[1] ?? "");
  } catch {
    return [];
  }
}

/**
 * Pins this process to its first processor and returns the placement of the subjects; undefined
 * with only one processor or without `taskset`. A process that moves between processors pays for
 * cold caches, which adds noise.
 */
export function pinToCpu(): Placement | undefined {
  const processors = allowed();
  const [load] = processors;
  const subject = processors.at(-1);
  if (load === undefined || subject === undefined || load === subject) return undefined;
  try {
    execFileSync("taskset", ["-a", "-c", "-p", String(load), String(process.pid)], { stdio: "ignore" });
    return { load, subject };
  } catch {
    return undefined;
  }
}

/** The prefix of a command that pins it to a processor. */
export function onCpu(cpu: number | undefined): string[] {
  return cpu === undefined ? [] : ["taskset", "-c", String(cpu)];
}
