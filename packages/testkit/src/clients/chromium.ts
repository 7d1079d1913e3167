import { existsSync } from "node:fs";

/** What playwright-core is launched with: Debian's Chromium or that of `CHROMIUM_PATH`, quiet about everything but the page. */
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

/** Whether there is a Chromium; says aloud when there is none, and does not let continuous integration go on. */
export function hasChromium(): boolean {
  if (existsSync(CHROMIUM.executablePath)) return true;
  const need = `The tests of browsers need Chromium at ${CHROMIUM.executablePath}: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.`;
  if (process.env["CI"] === "true") throw new Error(need);
  console.warn(`SKIPPED. ${need}`);
  return false;
}
