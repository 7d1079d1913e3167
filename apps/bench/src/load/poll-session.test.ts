import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { PollSession } from "./poll-session.ts";

it.each(['0{"sid":""}', "0{}", "ok"])(
  "a server that answers a handshake with %s opens no session",
  async (body) => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { "Content-Length": body.length }).end(body);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    await expect(PollSession.open(port)).rejects.toThrow(`the server opened no session: ${body}`);
  },
);
