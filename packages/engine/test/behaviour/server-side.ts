import { Arrivals } from "@skein/testkit";
import type { EngineSocket } from "./implementation.ts";
import { deferred, inTime, until } from "./waiting.ts";

/** The arguments of a session's `close` event on its server. */
export interface Ended {
  readonly reason: string;
  /** The message of the error behind it. */
  readonly message: string | undefined;
}

/** A session as its server sees it, with everything it has told. */
export class ServerSide {
  readonly socket: EngineSocket;
  readonly messages = new Arrivals<string | Buffer>();
  readonly #ended = deferred<Ended>();
  #hasEnded = false;

  constructor(socket: EngineSocket) {
    this.socket = socket;
    socket.on("message", (data: string | Buffer) => this.messages.push(data));
    socket.on("close", (reason: string, cause?: unknown) => {
      this.#hasEnded = true;
      this.messages.end(`the session is closed: ${reason}`);
      this.#ended.resolve({ reason, message: cause instanceof Error ? cause.message : undefined });
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get ended(): Promise<Ended> {
    return inTime(this.#ended.promise, "the end of the session");
  }

  next(): Promise<string | Buffer> {
    return inTime(this.messages.next(), "a message to the server");
  }

  take(count: number): Promise<(string | Buffer)[]> {
    return inTime(this.messages.take(count), `${count} messages to the server`);
  }

  /** Sends back all that arrives from now on. */
  echo(): void {
    this.socket.on("message", (data: string | Buffer) => void this.socket.send(data));
  }

  /** Resolves when a message would leave at once: a poll is pending, or a WebSocket has drained. */
  untilWritable(): Promise<void> {
    return until(() => this.socket.transport.writable, "a writable transport");
  }
}
