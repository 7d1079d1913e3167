import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUNDLES, Pages } from "./chromium.ts";
import { hasChromium } from "@skein/testkit";
import { everySize, everySizeOfOldPages, PATHS, ROOMY } from "./errands.ts";
import { ServedEngine } from "./served-engine.ts";

const exists = hasChromium();
let engine: ServedEngine;
let pages: Pages;

beforeAll(async () => {
  if (exists) [engine, pages] = await Promise.all([ServedEngine.start(ROOMY), Pages.launch()]);
}, 60_000);

afterAll(async () => {
  if (!exists) return;
  await pages.close();
  await engine.stop();
});

describe.runIf(exists).each(BUNDLES)("the official client %s in Chromium", (bundle) => {
  it.each(PATHS)(
    "gets back messages of every size over %s, text and binary",
    async (_path, transports) => {
      const errandFor = bundle === "of today" ? everySize : everySizeOfOldPages;
      const report = await pages.talk(bundle, errandFor(engine.url, transports));
      expect(report).toEqual({ transports, failures: [] });
    },
    60_000,
  );
});
