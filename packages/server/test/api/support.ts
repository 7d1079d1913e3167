import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  io as connect,
  type ManagerOptions,
  type Socket as ClientSocket,
  type SocketOptions,
} from "socket.io-client";
import { onTestFinished } from "vitest";
import type { Server } from "../../src/index.ts";

export type ClientOptions = Partial<ManagerOptions & SocketOptions>;

/** A server of Node that listens, or is about to. */
interface Listening {
  readonly listening: boolean;
  address(): unknown;
}

/** Where such a server is reached, once it listens. */
export async function originOf(server: Listening, scheme = "http"): Promise<string> {
  if (!server.listening) await once(server as HttpServer, "listening");
  const { port } = server.address() as AddressInfo;
  return `${scheme}://127.0.0.1:${port}`;
}

/** An HTTP server that listens nowhere yet, and nowhere any more when the test has ended. */
export function httpServerOfThisTest(): HttpServer {
  const server = createServer((_request, response) => response.writeHead(404).end());
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return server;
}

/** Has a server closed when the test has ended. */
export function closedAfterwards<S extends Server>(io: S): S {
  onTestFinished(() => io.close());
  return io;
}

/** An official client that has begun to connect, on a connection of its own. */
export function clientOf(origin: string, namespace = "/", options: ClientOptions = {}): ClientSocket {
  const client = connect(`${origin}${namespace}`, { forceNew: true, reconnection: false, ...options });
  onTestFinished(() => void client.disconnect());
  return client;
}

/** Resolves to the client once it is connected; rejects when it is refused. */
export function connected(client: ClientSocket): Promise<ClientSocket> {
  return new Promise((resolve, reject) => {
    client.once("connect", () => resolve(client)).once("connect_error", reject);
  });
}

/** Resolves to an answer of the server's `echo`: proves that events go both ways. */
export function echoed(client: ClientSocket, value: unknown): Promise<unknown> {
  return client.emitWithAck("echo", value);
}

/** Lets every client of the main namespace have its words echoed. */
export function echoing(io: Server): void {
  io.on("connection", (socket) => {
    socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
  });
}
