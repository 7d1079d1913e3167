import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { Arrivals } from "../arrivals.ts";
import { isRefused } from "./connection-refused.ts";
import type { ClientResponse } from "./host-client.ts";
import { networkClient } from "./network-client.ts";

/** A response of an HTTP server, uninterpreted. */
export interface RawResponse {
  readonly status: number;
  /** Names and values in their original order and case. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

function parseResponse(text: string): RawResponse {
  const end = text.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
  });
  return { status: Number(statusLine.split(" ")[1]), headers, body: text.slice(end + 4) };
}

/** Sends bytes to a server and resolves with all received bytes once it closes the connection. */
export function exchangeBytes(port: number, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", (error) => isRefused(error) && reject(error));
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
}

/** Sends one HTTP request given as lines of text; resolves with its uninterpreted response. */
export async function exchangeText(port: number, lines: readonly string[], body = ""): Promise<RawResponse> {
  const head = [...lines, "Host: localhost", "Connection: close", "", ""].join("\r\n");
  return parseResponse(await exchangeBytes(port, head + body));
}

/** The record separator between the packets of a polling payload. */
export const SEPARATOR = "\u001e";

/** A long-polling client that sends requests and does not interpret packets. */
export class RawPolling {
  readonly #port: number;
  readonly #path: string;
  #sid = "";

  constructor(port: number, path = "/engine.io/") {
    this.#port = port;
    this.#path = path;
  }

  get sid(): string {
    return this.#sid;
  }

  /** The request target of this session. */
  target(transport = "polling", revision = 4): string {
    const sid = this.#sid === "" ? "" : `&sid=${this.#sid}`;
    return `${this.#path}?EIO=${revision}&transport=${transport}${sid}`;
  }

  /** Opens a session; resolves with the content of the open packet. */
  async handshake(extra = ""): Promise<Record<string, unknown>> {
    const { body } = await this.request({ path: `${this.target()}${extra}` });
    const [open = ""] = body.toString().split(SEPARATOR);
    const content = JSON.parse(open.slice(1)) as Record<string, unknown>;
    this.#sid = String(content["sid"]);
    return content;
  }

  /** Resolves with the status and the body of a poll. */
  async poll(): Promise<string> {
    const { status, body } = await this.request({});
    return `${status} ${body.toString()}`;
  }

  async push(body: string): Promise<string> {
    const answer = await this.request({ method: "POST", body });
    return `${answer.status} ${answer.body.toString()}`;
  }

  request(spec: {
    path?: string;
    method?: string;
    body?: string | Uint8Array;
    headers?: Record<string, string>;
  }): Promise<ClientResponse> {
    return networkClient(this.#port).request({ path: this.target(), ...spec }).response;
  }
}

/** One WebSocket frame as received. */
export interface RawFrame {
  readonly final: boolean;
  readonly reserved: number;
  readonly opcode: number;
  readonly payload: Buffer;
}

/**
 * A masked client frame (RFC 6455, section 5.2). `first` is the whole first byte: flags and opcode.
 */
export function maskedFrame(first: number, payload: string | Uint8Array): Buffer {
  const bytes = Buffer.from(payload as Uint8Array);
  const { length } = bytes;
  const head =
    length < 126
      ? Buffer.of(first, 0x80 | length)
      : length < 65_536
        ? Buffer.of(first, 0xfe, length >> 8, length & 0xff)
        : Buffer.concat([
            Buffer.of(first, 0xff),
            Buffer.alloc(4),
            Buffer.of(length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff),
          ]);
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

/** A WebSocket client that can send any bytes, including invalid ones. */
export class RawWebSocket {
  readonly frames = new Arrivals<RawFrame>();
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #pending = Buffer.alloc(0);
  #head = "";
  #onHead: (head: string) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        this.frames.end("the connection is closed");
        this.#onHead(this.#head);
        resolve();
      });
    });
  }

  /**
   * Sends the upgrade request with `more` header lines, followed by `early`. Resolves once the
   * response head was received or the connection has ended.
   */
  static open(
    port: number,
    target: string,
    early: Uint8Array = Buffer.alloc(0),
    more: readonly string[] = [],
  ): Promise<RawWebSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", (error) => isRefused(error) && reject(error));
      const client = new RawWebSocket(socket);
      client.#onHead = (head) => {
        client.#head = head;
        resolve(client);
      };
      const lines = [
        `GET ${target} HTTP/1.1`,
        "Host: localhost",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
        ...more,
        "",
        "",
      ];
      socket.write(Buffer.concat([Buffer.from(lines.join("\r\n")), early]));
    });
  }

  /** The response head of the upgrade request; empty when the connection ended without one. */
  get head(): string {
    return this.#head;
  }

  get status(): number {
    return Number(this.#head.split(" ")[1]);
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  sendText(text: string): void {
    this.write(maskedFrame(0x81, text));
  }

  sendBinary(bytes: Uint8Array): void {
    this.write(maskedFrame(0x82, bytes));
  }

  /** The payload of the next frame, as text. */
  async nextText(): Promise<string> {
    return (await this.frames.next()).payload.toString();
  }

  /** Ends the connection with a reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  end(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    if (this.#head === "" && !this.#readHead()) return;
    for (let frame = this.#readFrame(); frame !== undefined; frame = this.#readFrame())
      this.frames.push(frame);
  }

  #readHead(): boolean {
    const end = this.#pending.indexOf("\r\n\r\n");
    if (end === -1) return false;
    const head = this.#pending.subarray(0, end).toString();
    this.#pending = this.#pending.subarray(end + 4);
    this.#onHead(head);
    return true;
  }

  #readFrame(): RawFrame | undefined {
    const bytes = this.#pending;
    const [first, second] = bytes;
    if (first === undefined || second === undefined) return undefined;
    const extended = second === 126 ? 2 : second === 127 ? 8 : 0;
    if (bytes.length < 2 + extended) return undefined;
    const length =
      extended === 0 ? second : extended === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    const end = 2 + extended + length;
    if (bytes.length < end) return undefined;
    this.#pending = bytes.subarray(end);
    const payload = bytes.subarray(2 + extended, end);
    return { final: first >= 0x80, reserved: (first >> 4) & 7, opcode: first & 0x0f, payload };
  }
}
