import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Which processor the load stays on, and which one everything that is measured. */
export interface Placement {
  readonly load: number;
  readonly subject: number;
}

/** The numbers in a list of processors as the kernel writes it: `0-2,5`. */
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
 * Keeps this process on its first processor and says where the subjects belong; undefined where there is only one, or no
 * `taskset` to do it with. A process that wanders between processors pays for cold caches, now more and now less.
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

/** What stands before a command to keep it on a processor. */
export function onCpu(cpu: number | undefined): string[] {
  return cpu === undefined ? [] : ["taskset", "-c", String(cpu)];
}
