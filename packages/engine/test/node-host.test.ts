import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostConformance, networkClient } from "@skein/testkit";
import { NodeHost, TimerWheel } from "@skein/engine";

hostConformance("node:http", {
  create() {
    const server = createServer((_request, response) => {
      response.writeHead(404).end("elsewhere");
    });
    const host = new NodeHost(server, new TimerWheel());
    let port = 0;
    return {
      host,
      client: {
        request: (request) => networkClient(port).request(request),
        webSocket: (path, headers) => networkClient(port).webSocket(path, headers),
      },
      listen: () =>
        new Promise((resolve) => {
          server.listen(0, "127.0.0.1", () => {
            port = (server.address() as AddressInfo).port;
            resolve();
          });
        }),
      stop: () =>
        new Promise((resolve) => {
          server.closeAllConnections();
          server.close(() => resolve());
        }),
    };
  },
});
