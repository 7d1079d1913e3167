import { existsSync } from "node:fs";

/**
 * Launch options of playwright-core: Debian's Chromium or that of `CHROMIUM_PATH`, with output of
 * the page only.
 */
export const CHROMIUM = {
  executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/** Whether Chromium is available. A missing one is reported, and fails continuous integration. */
export function hasChromium(): boolean {
  if (existsSync(CHROMIUM.executablePath)) return true;
  const need = `The tests of browsers need Chromium at ${CHROMIUM.executablePath}: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.`;
  if (process.env["CI"] === "true") throw new Error(need);
  console.warn(`SKIPPED. ${need}`);
  return false;
}
