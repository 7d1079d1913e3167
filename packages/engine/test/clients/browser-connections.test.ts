import type { EngineOptions } from "@skein/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUNDLES, Pages } from "./chromium.ts";
import { hasChromium } from "@skein/testkit";
import { cutOnce } from "./cut-once.ts";
import { acrossACut, aFew, PATHS, ROOMY, type Transports } from "./errands.ts";
import { type Protocol, ServedEngine } from "./served-engine.ts";

const exists = hasChromium();
const served: ServedEngine[] = [];
let pages: Pages;
let site: ServedEngine;
let secure: Record<"https" | "http2", ServedEngine>;

async function start(options: EngineOptions = ROOMY, protocol: Protocol = "http"): Promise<ServedEngine> {
  const engine = await ServedEngine.start(options, protocol);
  served.push(engine);
  return engine;
}

beforeAll(async () => {
  if (!exists) return;
  const [https, http2] = await Promise.all([start(ROOMY, "https"), start(ROOMY, "http2")]);
  [site, pages] = await Promise.all([start(), Pages.launch()]);
  secure = { https, http2 };
}, 60_000);

afterAll(async () => {
  if (exists) await pages.close();
  await Promise.all(served.map((each) => each.stop()));
});

/** Browsers use HTTP/2 where they can, and a WebSocket over HTTP/1.1 beside it. */
function versionsOn(protocol: "https" | "http2", transports: Transports): string[] {
  if (protocol === "https") return ["1.1"];
  return transports.map((transport) => (transport === "websocket" ? "1.1" : "2.0")).toSorted();
}

/** The old client always sends credentials, for which every origin at once can't be allowed. */
function siteOnly(): { origin: string; credentials: true } {
  return { origin: site.url, credentials: true };
}

describe.runIf(exists).each(BUNDLES)("the official client %s in Chromium", (bundle) => {
  describe.each(PATHS)("over %s", (_path, transports) => {
    it("connects anew when its connection was cut", async () => {
      const engine = await start({ ...ROOMY, cors: siteOnly() });
      const errand = acrossACut(engine.url, transports);
      const [report] = await Promise.all([pages.talk(bundle, errand, site.url), cutOnce(engine, transports)]);
      expect(report).toEqual({
        transports: [...transports, transports[0]],
        failures: [],
        closed: expect.stringMatching(/^transport (close|error)$/),
      });
    });

    it.each(["https", "http2"] as const)("finds an engine on %s", async (protocol) => {
      const engine = secure[protocol];
      engine.versions.clear();
      const report = await pages.talk(bundle, aFew(engine.url, transports));
      expect(report).toEqual({ transports, failures: [] });
      expect([...engine.versions].toSorted()).toEqual(versionsOn(protocol, transports));
    });

    it("brings its cookies to another origin that allows them", async () => {
      const engine = await start({ ...ROOMY, cors: siteOnly(), cookie: { name: "affinity" } });
      // The cookie comes with the answer to a long-polling handshake.
      await pages.talk(bundle, aFew(engine.url, ["polling"], { withCredentials: true }), site.url);
      await engine.clients.next();
      const errand = aFew(engine.url, transports, { withCredentials: true });
      expect(await pages.talk(bundle, errand, site.url)).toEqual({ transports, failures: [] });
      const { headers } = (await engine.clients.next()).connection.request ?? {};
      expect(headers?.origin).toBe(site.url);
      expect(headers?.cookie).toContain("affinity=");
    });
  });

  it("does not reach long-polling of another origin without leave", async () => {
    const engine = await start();
    const errand = aFew(engine.url, ["polling"]);
    await expect(pages.talk(bundle, errand, site.url)).rejects.toThrow("closed while waiting for open");
  });
});
