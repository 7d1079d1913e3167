/** How often a law is tried; much more often where there is time. */
export const RUNS = process.env["SKEIN_LONG"] === "1" ? 100_000 : 1_000;
/** Milliseconds that no law takes unless it hangs, on a busy machine either. */
export const TIMEOUT = Math.max(RUNS * 20, 30_000);
