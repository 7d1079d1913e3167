import { Socket } from "engine.io-client";
import connectLegacy from "engine.io-client-v3";
import { afterEach, describe, expect, it } from "vitest";
import { acrossACut, aFew, everySize, PATHS, ROOMY } from "./errands.ts";
import { type Protocol, ServedEngine } from "./served-engine.ts";
import { type Connect, talk } from "./talk.ts";
import { cutOnce } from "./cut-once.ts";

let served: ServedEngine | undefined;

async function start(protocol: Protocol = "http"): Promise<ServedEngine> {
  served = await ServedEngine.start(ROOMY, protocol);
  return served;
}

afterEach(() => served?.stop());

const CLIENTS: readonly (readonly [string, Connect])[] = [
  ["of today", (url, options) => new Socket(url, options)],
  ["of revision 3", (url, options) => connectLegacy(url, options) as unknown as ReturnType<Connect>],
];

describe.each(CLIENTS)("the official client %s in Node", (_title, connect) => {
  describe.each(PATHS)("over %s", (_path, transports) => {
    it("gets back messages of every size, text and binary", async () => {
      const { url } = await start();
      expect(await talk(connect, everySize(url, transports))).toEqual({ transports, failures: [] });
    }, 60_000);

    it("connects anew when its connection was cut", async () => {
      const engine = await start();
      const errand = talk(connect, acrossACut(engine.url, transports));
      await cutOnce(engine, transports);
      expect(await errand).toEqual({
        transports: [...transports, transports[0]],
        failures: [],
        closed: expect.stringMatching(/^transport (close|error)$/),
      });
    });

    it.each(["https", "http2"] as const)("finds an engine on %s", async (protocol) => {
      const { url } = await start(protocol);
      const errand = aFew(url, transports, { rejectUnauthorized: false });
      expect(await talk(connect, errand)).toEqual({ transports, failures: [] });
    });
  });
});
