import { once } from "node:events";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Server } from "../src/index.ts";
import { hostNames, RawClient } from "./support/world.ts";

interface ServerModule {
  readonly Server: typeof Server;
}

/** All that vitest can fake in a process of its own, for which `nextTick` is no choice. */
const EVERYTHING = [
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "setImmediate",
  "clearImmediate",
  "queueMicrotask",
  "performance",
  "hrtime",
  "Date",
] as const;

const closings: (() => unknown)[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const close of closings.splice(0)) await close();
});

/** The module as a program gets it that fakes its timers before, or after, it loads the server. */
async function load(when: "before" | "after"): Promise<ServerModule> {
  if (when === "after") {
    const loaded = await import("../src/index.ts");
    vi.useFakeTimers({ toFake: [...EVERYTHING] });
    return loaded;
  }
  vi.resetModules();
  vi.useFakeTimers({ toFake: [...EVERYTHING] });
  return await import("../src/index.ts");
}

/** The address of a server that answers one event, asks one question, and expects pongs. */
async function serve(loaded: ServerModule, host: (typeof hostNames)[number]): Promise<string> {
  const io = new loaded.Server({ pingInterval: 50, pingTimeout: 2000 });
  closings.push(() => io.close());
  io.on("connection", (socket) => {
    socket.on("ask", () => {
      socket.timeout(20).emit("question", (error: unknown) => socket.emit("outcome", String(error)));
    });
  });
  if (host === "Node") {
    io.listen(0);
    await once(io.httpServer, "listening");
    const { port } = io.httpServer.address() as { port: number };
    return `http://127.0.0.1:${port}`;
  }
  const { listen, newApp } = await import("./uws/support/app.ts");
  const app = newApp();
  io.attachApp(app);
  return await listen(app);
}

async function fetchText(url: string): Promise<string> {
  const [response] = await once(get(url), "response");
  return text(response);
}

describe.each(hostNames)("on %s", (host) => {
  describe.each(["before", "after"] as const)("with all timers faked %s the server is loaded", (when) => {
    test("a WebSocket client is answered, pinged, and closed when it falls silent", async () => {
      const client = new RawClient(await serve(await load(when), host));
      await once(client.socket, "open");
      expect(await client.next()).toMatch(/^0\{/);
      client.send("40");
      expect(await client.next()).toMatch(/^40\{/);
      client.send('42["ask"]');
      const received = new Set<string>();
      while (received.size < 3) received.add(await client.next());
      expect([...received].toSorted()).toEqual([
        "2",
        '420["question"]',
        '42["outcome","ServerError: operation has timed out"]',
      ]);
      expect(await client.closed()).toMatchObject({ code: expect.any(Number) });
    });

    test("a polling client is answered, and its poll with a ping", async () => {
      const url = `${await serve(await load(when), host)}/socket.io/?EIO=4&transport=polling`;
      const opened = await fetchText(url);
      const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
      expect(await fetchText(`${url}&sid=${sid}`)).toBe("2");
    });
  });
});
