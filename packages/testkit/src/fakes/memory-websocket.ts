import { PreparedMessage, type WebSocketListener, type WebSocketPort, type WireMessage } from "@skein/engine";
import { Arrivals } from "../arrivals.ts";
import type { ClientClose, ClientWebSocket } from "../clients/host-client.ts";

/** High-water mark: bytes buffered for a client above which the port accepts no more. */
const HIGH_MARK = 65_536;

function asReceived(message: WireMessage): string | Buffer {
  const data = message instanceof PreparedMessage ? message.wireMessage : message;
  return typeof data === "string" ? data : Buffer.from(data);
}

/** Both ends of a WebSocket in memory: the server's port, and the client held by a test. */
export class MemoryWebSocket implements WebSocketPort {
  readonly client: ClientWebSocket;
  readonly #maxPayload: number;
  readonly #messages = new Arrivals<string | Buffer>();
  #listener: WebSocketListener | undefined;
  #open = true;
  #paused = false;
  readonly #waiting: (string | Buffer)[] = [];
  #awaitsDrain = false;
  #closed: (close: ClientClose) => void = () => {};

  constructor(maxPayload: number, headers: ClientWebSocket["headers"]) {
    this.#maxPayload = maxPayload;
    const closed = new Promise<ClientClose>((resolve) => {
      this.#closed = resolve;
    });
    this.client = {
      headers,
      closed,
      messages: this.#messages,
      send: (message) => queueMicrotask(() => this.#receive(message)),
      close: (code = 1005, reason = "") => queueMicrotask(() => this.#end({ code, reason })),
      terminate: () => queueMicrotask(() => this.#end({ code: 1006, reason: "" })),
      pause: () => {
        this.#paused = true;
      },
      resume: () => this.#resume(),
    };
  }

  attach(listener: WebSocketListener): void {
    this.#listener = listener;
  }

  get bufferedAmount(): number {
    return this.#waiting.reduce((sum, message) => sum + Buffer.byteLength(message), 0);
  }

  send(messages: readonly WireMessage[]): boolean {
    if (!this.#open) return false;
    this.#waiting.push(...messages.map(asReceived));
    if (!this.#paused) this.#deliver();
    this.#awaitsDrain = this.bufferedAmount > HIGH_MARK;
    return !this.#awaitsDrain;
  }

  close(code = 1005, reason = ""): void {
    this.#end({ code, reason });
  }

  terminate(): void {
    this.#listener = undefined;
    this.#end({ code: 1006, reason: "" });
  }

  #receive(message: string | Uint8Array): void {
    if (!this.#open) return;
    if (Buffer.byteLength(message) > this.#maxPayload) {
      this.#end({ code: 1009, reason: "" }, new Error("message too large"));
    } else this.#listener?.onMessage(message);
  }

  #resume(): void {
    this.#paused = false;
    this.#deliver();
    if (!this.#awaitsDrain) return;
    this.#awaitsDrain = false;
    queueMicrotask(() => this.#listener?.onDrain());
  }

  #deliver(): void {
    for (const message of this.#waiting.splice(0)) this.#messages.push(message);
  }

  #end(close: ClientClose, error?: Error): void {
    if (!this.#open) return;
    this.#open = false;
    this.#messages.end(`closed with ${close.code}`);
    this.#closed(close);
    queueMicrotask(() => this.#listener?.onClose(error));
  }
}
