import { inTime } from "./waiting.ts";

type Way = "uncaughtException" | "unhandledRejection";

/** Callbacks by awaited error. Tests run concurrently, so each provokes an error of its own. */
const awaited = new Map<unknown, (as: Way) => void>();

/** Intercepts errors that a test awaits; all others go to the previous listeners of the process. */
function watch(as: Way): void {
  const usual = process.rawListeners(as) as ((...args: unknown[]) => void)[];
  process.removeAllListeners(as);
  process.on(as, (...args: unknown[]) => {
    const found = awaited.get(args[0]);
    if (found === undefined) for (const listener of usual) listener(...args);
    else found(as);
  });
}

/** A new error, and the way in which it will have reached the process. */
export function errorToSurface(): { bug: Error; surfaced: Promise<Way> } {
  if (awaited.size === 0) for (const as of ["uncaughtException", "unhandledRejection"] as const) watch(as);
  const bug = new Error("a bug in the application");
  const surfaced = new Promise<Way>((resolve) => {
    awaited.set(bug, resolve);
  });
  return { bug, surfaced: inTime(surfaced, "an error to reach the process") };
}
