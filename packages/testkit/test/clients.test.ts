import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { exchangeBytes, networkClient, RawWebSocket } from "../src/index.ts";

/** Returns a port that is no longer listened on. */
async function deserted(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("a client of a server that isn't there fails, rather than to take it for one that does not answer:", () => {
  it.each<[string, (port: number) => Promise<unknown>]>([
    ["raw bytes", (port) => exchangeBytes(port, "GET / HTTP/1.1\r\n\r\n")],
    ["a raw WebSocket", (port) => RawWebSocket.open(port, "/")],
    ["a request", (port) => networkClient(port).request({ path: "/" }).response],
    ["a WebSocket", (port) => networkClient(port).webSocket("/")],
  ])("%s", async (_what, talk) => {
    await expect(talk(await deserted())).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
