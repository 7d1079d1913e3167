import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";
import { cleanUp, PATH } from "./support.ts";

export interface Answer {
  readonly status: number | undefined;
  readonly statusText: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly body: string;
}

export interface Question {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Uint8Array;
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return {
    status: response.statusCode,
    statusText: response.statusMessage,
    headers: response.headers,
    rawHeaders: response.rawHeaders,
    body: Buffer.concat(chunks).toString(),
  };
}

/** One HTTP request on a connection of its own. */
export function ask(port: number, question: Question = {}): Promise<Answer> {
  const { method = "GET", path = PATH, headers = {}, body } = question;
  return new Promise((resolve, reject) => {
    const options = { port, host: "127.0.0.1", method, path, headers, agent: false };
    const sent = request(options, (response) => resolve(read(response)));
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A bare connection: what is written goes out as it is. */
export class RawClient {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #closed = false;
  readonly #waiting: (() => void)[] = [];

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1" });
    cleanUp(() => this.socket.destroy());
    this.socket.on("error", () => {});
    this.socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    this.socket.on("close", () => {
      this.#closed = true;
      this.#wake();
    });
  }

  get received(): string {
    return this.#received.toString("latin1");
  }

  /** Resolves once the bytes were handed to the operating system. */
  write(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  async until(test: (received: string) => boolean): Promise<string> {
    while (!test(this.received)) {
      if (this.#closed) throw new Error(`closed after ${JSON.stringify(this.received)}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.received;
  }

  /** Everything that came until the server ended the connection. */
  async closed(): Promise<string> {
    while (!this.#closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.received;
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** The header block of an upgrade request. */
export function upgradeRequest(path = PATH, fields: Record<string, string> = {}): string {
  const headers = {
    Host: "localhost",
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...fields,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** A WebSocket client that is open; keeps what comes in. */
export class WebSocketClient {
  readonly ws: WebSocket;
  readonly messages: (string | Buffer)[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(ws: WebSocket) {
    this.ws = ws;
    cleanUp(() => ws.terminate());
    ws.on("message", (data: Buffer, isBinary) => {
      this.messages.push(isBinary ? data : data.toString());
      for (const wake of this.#waiting.splice(0)) wake();
    });
    ws.on("error", () => {});
    this.closed = new Promise((resolve) => {
      ws.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  static async open(port: number, path = PATH, options: object = {}): Promise<WebSocketClient> {
    const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: false, ...options });
    const client = new WebSocketClient(ws);
    await once(ws, "open");
    return client;
  }

  /** Waits for `count` messages in all. */
  async received(count: number): Promise<(string | Buffer)[]> {
    while (this.messages.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.messages;
  }

  /** Stops reading from the network. */
  stall(): void {
    this.ws.pause();
  }

  resume(): void {
    this.ws.resume();
  }
}

/** The answer to an upgrade request that was refused. */
export function refusal(port: number, options: object = {}, path = PATH): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, options);
    ws.on("open", () => reject(new Error("the upgrade was accepted")));
    ws.on("error", reject);
    ws.on("unexpected-response", (_request, response) => resolve(read(response)));
  });
}
