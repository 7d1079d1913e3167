import { Arrivals } from "@skein/testkit";
import { Socket } from "engine.io-client";
import connectLegacy from "engine.io-client-v3";
import type { Mode, Path } from "../mode.ts";
import { deferred, inTime } from "../waiting.ts";

/** What both generations of the client have in common. */
interface ClientSocket {
  readonly transport: { onPacket: () => void; onClose: () => void; onError: () => void };
  on(event: string, listener: (...args: never[]) => void): unknown;
  send(data: string | Uint8Array): unknown;
  close(): unknown;
}

function transportsOf(path: Path): ("polling" | "websocket")[] {
  return path === "polling, then websocket" ? ["polling", "websocket"] : [path];
}

function createSocket(url: string, { revision, path }: Mode, options: object): ClientSocket {
  const all = { ...options, transports: transportsOf(path) };
  return (revision === 4 ? new Socket(url, all) : connectLegacy(url, all)) as unknown as ClientSocket;
}

/**
 * The official client: the current one for revision 4, the last of its generation for revision 3.
 */
export class OfficialClient {
  readonly messages = new Arrivals<string | Buffer>();
  readonly #socket: ClientSocket;
  readonly #opened = deferred<void>();
  readonly #upgraded = deferred<void>();
  readonly #closed = deferred<string>();

  constructor(url: string, mode: Mode, options: object = {}) {
    const socket = createSocket(url, mode, options);
    this.#socket = socket;
    socket.on("open", () => this.#opened.resolve());
    socket.on("upgrade", () => this.#upgraded.resolve());
    socket.on("message", (data: string | Buffer | ArrayBuffer) =>
      this.messages.push(data instanceof ArrayBuffer ? Buffer.from(data) : data),
    );
    socket.on("close", (reason: string) => {
      this.messages.end(`the client is closed: ${reason}`);
      this.#closed.resolve(reason);
    });
    socket.on("error", () => {});
  }

  get opened(): Promise<void> {
    return inTime(this.#opened.promise, "the client to open");
  }

  get upgraded(): Promise<void> {
    return inTime(this.#upgraded.promise, "the client to upgrade");
  }

  /** The reason that the client gives. */
  get closed(): Promise<string> {
    return inTime(this.#closed.promise, "the client to close");
  }

  /** Takes nothing more from the server, not even its end. */
  ignoreAll(): void {
    const { transport } = this.#socket;
    transport.onPacket = () => {};
    transport.onClose = () => {};
    // The next poll after the server's end is refused.
    transport.onError = () => {};
  }

  send(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  next(): Promise<string | Buffer> {
    return inTime(this.messages.next(), "a message to the client");
  }

  take(count: number): Promise<(string | Buffer)[]> {
    return inTime(this.messages.take(count), `${count} messages to the client`);
  }

  close(): void {
    this.#socket.close();
  }
}
