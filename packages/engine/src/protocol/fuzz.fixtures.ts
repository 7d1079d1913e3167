/** Runs per property; many more in the long mode (`SKEIN_LONG=1`). */
export const RUNS = process.env["SKEIN_LONG"] === "1" ? 100_000 : 1_000;
/** Timeout (ms) of a property, exceeded only if it hangs, also on a busy machine. */
export const TIMEOUT = Math.max(RUNS * 20, 30_000);
