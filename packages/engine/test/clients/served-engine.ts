import { createServer, type Server as HttpServer, type RequestListener } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { Arrivals, selfSignedCredentials } from "@skein/testkit";
import { type EngineOptions, Server } from "@skein/engine";
import { Client } from "../running-engine.ts";

export type Protocol = "http" | "https" | "http2";

/** Answers what is not the engine's with an empty page. */
const page: RequestListener = (_request, response) => {
  response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>page</title>");
};

async function createHttp(protocol: Protocol): Promise<HttpServer> {
  if (protocol === "http") return createServer(page);
  const { key, cert } = await selfSignedCredentials();
  if (protocol === "https") return createHttpsServer({ key, cert }, page);
  return createSecureServer({ key, cert, allowHTTP1: true }, page as never) as unknown as HttpServer;
}

/**
 * Whether a message is echoed. An echo could be in flight when the connections are cut, and a
 * browser would repeat its poll.
 */
function isEchoed(data: string | Uint8Array): boolean {
  return data !== "cut";
}

/** An engine that echoes all but "cut", on a server of its own that also serves an empty page. */
export class ServedEngine {
  readonly engine: Server;
  readonly clients = new Arrivals<Client>();
  /** The protocol of each request of the engine's path. */
  readonly versions = new Set<string>();
  readonly #http: HttpServer;
  readonly #protocol: Protocol;
  readonly #sockets = new Set<Socket>();

  private constructor(http: HttpServer, protocol: Protocol, options: EngineOptions) {
    this.#http = http;
    this.#protocol = protocol;
    http.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    this.engine = new Server(options);
    this.engine.use((request, _response, next) => {
      this.versions.add(request.httpVersion);
      next();
    });
    this.engine.on("connection", (connection) => this.clients.push(new Client(connection, isEchoed)));
    this.engine.attach(http);
  }

  static async start(options: EngineOptions = {}, protocol: Protocol = "http"): Promise<ServedEngine> {
    const served = new ServedEngine(await createHttp(protocol), protocol, options);
    await new Promise<void>((resolve) => served.#http.listen(0, "127.0.0.1", resolve));
    return served;
  }

  get url(): string {
    return `${this.#protocol === "http" ? "http" : "https"}://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  /** Cuts every connection, as a network does: with no word to either side. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.engine.close();
    this.cut();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}
