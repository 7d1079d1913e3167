import { type IncomingMessage, request as httpRequest } from "node:http";
import { WebSocket } from "ws";
import { Arrivals } from "../arrivals.ts";
import { isRefused } from "./connection-refused.ts";
import type {
  ClientClose,
  ClientRequest,
  ClientResponse,
  ClientWebSocket,
  HostClient,
  PendingRequest,
  WebSocketAttempt,
} from "./host-client.ts";

async function readResponse(incoming: IncomingMessage): Promise<ClientResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) };
}

class NetworkWebSocket implements ClientWebSocket {
  headers: ClientWebSocket["headers"] = {};
  readonly messages = new Arrivals<string | Buffer>();
  readonly closed: Promise<ClientClose>;
  readonly #webSocket: WebSocket;

  constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
    webSocket.on("upgrade", (response) => {
      this.headers = response.headers;
    });
    webSocket.on("message", (data: Buffer, isBinary) =>
      this.messages.push(isBinary ? data : data.toString()),
    );
    this.closed = new Promise((resolve) => {
      webSocket.on("close", (code, reason) => {
        this.messages.end(`closed with ${code}`);
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  send(message: string | Uint8Array): void {
    this.#webSocket.send(message);
  }

  close(code?: number, reason?: string): void {
    this.#webSocket.close(code, reason);
  }

  terminate(): void {
    this.#webSocket.terminate();
  }

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }
}

/** A client of a real server on this machine. */
export function networkClient(port: number): HostClient {
  return {
    request: (request) => sendRequest(port, request),
    webSocket: (path, headers = {}) => openWebSocket(port, path, headers),
  };
}

function sendRequest(port: number, spec: ClientRequest): PendingRequest {
  const { method = "GET", path, body, announcedLength } = spec;
  const headers: Record<string, string | number> = { ...spec.headers };
  if (announcedLength !== undefined) headers["content-length"] = announcedLength;
  else if (body !== undefined && spec.chunked !== true) headers["content-length"] = Buffer.byteLength(body);
  const outgoing = httpRequest({ host: "127.0.0.1", port, method, path, headers, agent: false });
  const response = new Promise<ClientResponse>((resolve, reject) => {
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      readResponse(incoming).then(resolve, reject);
    });
  });
  // The caller of `abort` need not handle the rejection.
  response.catch(() => {});
  if (announcedLength !== undefined) outgoing.write(body ?? "");
  else outgoing.end(body);
  return { response, abort: () => void outgoing.destroy() };
}

function openWebSocket(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<WebSocketAttempt> {
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
    headers: { ...headers },
    perMessageDeflate: false,
  });
  const client = new NetworkWebSocket(webSocket);
  return new Promise((resolve, reject) => {
    webSocket.on("open", () => resolve({ kind: "open", webSocket: client }));
    webSocket.on("error", (error) => (isRefused(error) ? reject(error) : resolve({ kind: "dropped" })));
    webSocket.on("unexpected-response", (_request, incoming) => {
      readResponse(incoming).then(
        (response) => resolve({ kind: "refused", response }),
        () => resolve({ kind: "dropped" }),
      );
    });
  });
}
