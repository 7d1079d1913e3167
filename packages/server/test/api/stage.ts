import { once } from "node:events";
import { createServer } from "node:http";
import { Server as Engine } from "@skein/engine";
import type { Socket as ClientSocket } from "socket.io-client";
import { onTestFinished } from "vitest";
import { Server } from "../../src/index.ts";
import { clientOf, connected, httpServerOfThisTest, originOf } from "./support.ts";

/** Whose entries the page lists. */
export type Owner = "server" | "namespace" | "socket" | "client" | "engine";

/**
 * One live object of each class of the page: a listening server, a client in its main namespace.
 */
export interface Stage extends Readonly<Record<Owner, object>> {
  readonly server: Server;
  readonly origin: string;
  /** The official client. */
  readonly peer: ClientSocket;
}

export async function startStage(): Promise<Stage> {
  const http = createServer();
  const server = new Server(http);
  http.listen(0, "127.0.0.1");
  onTestFinished(async () => {
    await server.close();
    http.close();
    http.closeAllConnections();
  });
  const origin = await originOf(http);
  const peer = await connected(clientOf(origin, "/", { transports: ["websocket"] }));
  const socket = server.sockets.sockets.get(peer.id ?? "");
  if (socket === undefined) throw new Error("the client has no socket");
  return {
    server,
    namespace: server.sockets,
    socket,
    client: socket.client,
    engine: server.engine,
    origin,
    peer,
  };
}

/** A connection of an engine that no server knows. */
export async function strangersConnection(): Promise<unknown> {
  const http = httpServerOfThisTest();
  const engine = new Engine().attach(http, { path: "/socket.io/" });
  onTestFinished(() => void engine.close());
  http.listen(0, "127.0.0.1");
  const connection = once(engine, "connection");
  clientOf(await originOf(http), "/", { transports: ["websocket"] });
  return (await connection)[0];
}

/** What an HTTP server hands over when somebody asks for an upgrade: request, socket and head. */
export async function upgradeRequest(): Promise<unknown[]> {
  const http = httpServerOfThisTest();
  http.listen(0, "127.0.0.1");
  const upgrade = once(http, "upgrade");
  clientOf(await originOf(http), "/", { transports: ["websocket"] });
  return upgrade;
}
