import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo, Socket as TcpSocket } from "node:net";
import type { Server } from "socket.io";
import type { Options, Place } from "./implementation.ts";
import { once } from "./waiting.ts";

/** How an implementation starts on a server of `node:http`, to which `attach` attaches it. */
export function onNode(
  attach: (http: HttpServer, options: Options) => Server,
): (options: Options) => Promise<Place> {
  return async (options) => {
    const httpServer = createServer();
    const connections = new Set<TcpSocket>();
    httpServer.on("connection", (connection: TcpSocket) => {
      connections.add(connection);
      connection.on("close", () => connections.delete(connection));
    });
    const io = attach(httpServer, options);
    httpServer.listen(0, "127.0.0.1");
    await once(httpServer, "listening");
    const { port } = httpServer.address() as AddressInfo;
    return {
      io,
      httpServer,
      origin: `http://127.0.0.1:${port}`,
      unknownName: { status: 400, body: '{"code":0,"message":"Transport unknown"}' },
      nextRequest: () => once(httpServer, "request"),
      release() {
        for (const connection of connections) connection.destroy();
        httpServer.close();
      },
    };
  };
}
