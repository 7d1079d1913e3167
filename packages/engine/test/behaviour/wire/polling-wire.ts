import { type ClientResponse, networkClient, type PendingRequest } from "@skein/testkit";
import type { Revision } from "../mode.ts";
import { inTime } from "../waiting.ts";
import { decodePayload, encodePayload, type Packet } from "./payload.ts";
import { type Opened, parseOpen, type Wire } from "./wire.ts";

/** What a test may set of a request. The path, if any, is the whole of it. */
export interface RequestParts {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly chunked?: boolean;
  readonly announcedLength?: number;
}

/** A long-polling client. */
export class PollingWire implements Wire {
  readonly #port: number;
  readonly #revision: Revision;
  readonly #base: string;
  readonly #received: Packet[] = [];
  #sid = "";
  #pending: PendingRequest | undefined;

  constructor(port: number, revision: Revision, base = "/engine.io/") {
    this.#port = port;
    this.#revision = revision;
    this.#base = base;
  }

  get sid(): string {
    return this.#sid;
  }

  /** The target of this session's requests. */
  get target(): string {
    const sid = this.#sid === "" ? "" : `&sid=${this.#sid}`;
    return `${this.#base}?EIO=${this.#revision}&transport=polling${sid}`;
  }

  async handshake(query = "", headers: Readonly<Record<string, string>> = {}): Promise<Opened> {
    const packets = this.read(await this.request({ path: `${this.target}${query}`, headers }));
    const opened = parseOpen(packets.shift() ?? "");
    this.#sid = opened.sid;
    this.#received.push(...packets);
    return opened;
  }

  start(parts: RequestParts = {}): PendingRequest {
    return networkClient(this.#port).request({ path: this.target, ...parts });
  }

  request(parts: RequestParts = {}): Promise<ClientResponse> {
    return inTime(
      this.start(parts).response,
      `the answer to ${parts.method ?? "GET"} ${parts.path ?? this.target}`,
    );
  }

  /** The status and the body of a request, in one line. */
  async answer(parts: RequestParts = {}): Promise<string> {
    const { status, body } = await this.request(parts);
    return `${status} ${body.toString()}`;
  }

  /** The answer to a poll, in one line. */
  poll(): Promise<string> {
    return this.answer();
  }

  /** The answer to a POST of `body`, in one line. */
  push(body: string): Promise<string> {
    return this.answer({ method: "POST", body });
  }

  /** The body that carries these packets. */
  payload(...packets: Packet[]): string {
    return encodePayload(packets, this.#revision);
  }

  read({ status, headers, body }: ClientResponse): Packet[] {
    if (status !== 200) throw new Error(`the poll was answered ${status} ${body.toString()}`);
    const binary = headers["content-type"] === "application/octet-stream";
    return decodePayload(body, binary, this.#revision);
  }

  async send(...packets: Packet[]): Promise<void> {
    const answer = await this.push(this.payload(...packets));
    if (answer !== "200 ok") throw new Error(`the POST was answered ${answer}`);
  }

  async next(): Promise<Packet> {
    while (this.#received.length === 0) {
      this.#pending = this.start();
      this.#received.push(...this.read(await inTime(this.#pending.response, "the answer to a poll")));
    }
    return this.#received.shift() ?? "";
  }

  vanish(): void {
    this.#pending?.abort();
  }
}
