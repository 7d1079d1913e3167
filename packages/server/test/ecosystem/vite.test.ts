import { once } from "node:events";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { io as connect } from "socket.io-client";
import { createServer as createVite, type ViteDevServer } from "vite";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { Server } from "../../src/index.ts";
import { next } from "../support/world.ts";

/** No file of it is asked for. */
const root = fileURLToPath(new URL("support", import.meta.url));

/** Upgrades that nothing takes are to be ended as early as can be. */
const options = { destroyUpgradeTimeout: 1 };

async function portOf(server: HttpServer): Promise<number> {
  if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

/** Waits until another server has ended an upgrade that came later. */
async function anotherIsEnded(): Promise<void> {
  const server = createHttpServer();
  const io = new Server(server, options);
  onTestFinished(() => io.close());
  const webSocket = new WebSocket(`ws://127.0.0.1:${await portOf(server)}/nobody`);
  await once(webSocket, "error");
}

/** The hot-reload socket of a page, which is silent until something changes. */
async function pageOf(port: number): Promise<{ next(): Promise<unknown> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, "vite-hmr");
  onTestFinished(() => socket.terminate());
  const received: Promise<unknown>[] = [];
  const waiting: ((value: unknown) => void)[] = [];
  const slot = (): void => void received.push(new Promise((resolve) => waiting.push(resolve)));
  slot();
  socket.on("message", (data: Buffer) => {
    waiting.shift()?.(JSON.parse(data.toString()));
    slot();
  });
  socket.on("close", () => waiting.shift()?.("closed"));
  await once(socket, "open");
  return { next: async () => received.shift() };
}

async function expectBoth(vite: ViteDevServer, http: HttpServer): Promise<void> {
  const port = await portOf(http);
  const page = await pageOf(port);
  expect(await page.next()).toEqual({ type: "connected" });
  const client = connect(`http://127.0.0.1:${port}`, { transports: ["websocket"] });
  onTestFinished(() => void client.close());
  await next(client, "connect");
  await anotherIsEnded();
  vite.ws.send({ type: "custom", event: "news", data: 1 });
  expect(await page.next()).toEqual({ type: "custom", event: "news", data: 1 });
  expect(client.connected).toBe(true);
}

const quiet = { root, configFile: false, logLevel: "silent", optimizeDeps: { noDiscovery: true } } as const;

test("Vite's hot reload goes on beside a server that a plugin attaches", async () => {
  const vite = await createVite({
    ...quiet,
    server: { port: 0, host: "127.0.0.1" },
    plugins: [
      {
        name: "socket.io",
        configureServer: ({ httpServer }) => {
          if (httpServer === null) throw new Error("Vite has no HTTP server");
          const io = new Server(httpServer, options);
          onTestFinished(() => void io.detach());
        },
      },
    ],
  });
  onTestFinished(() => vite.close());
  await vite.listen();
  await expectBoth(vite, vite.httpServer as HttpServer);
});

test.each(["before", "after"] as const)(
  "Vite's hot reload goes on in middleware mode, on an HTTP server that Skein was attached to %s it",
  async (order) => {
    const http = createHttpServer();
    let io = order === "before" ? new Server(http, options) : undefined;
    const vite = await createVite({ ...quiet, server: { middlewareMode: true, hmr: { server: http } } });
    onTestFinished(() => vite.close());
    http.on("request", vite.middlewares);
    io ??= new Server(http, options);
    onTestFinished(() => io.close());
    await expectBoth(vite, http);
  },
);
