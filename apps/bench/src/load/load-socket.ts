import { connect, type Socket } from "node:net";
import { clientFrame, FrameCounter } from "./frames.ts";

const CONNECT = clientFrame("40");
const PONG = clientFrame("3");
const PROBE = clientFrame("2probe");
const UPGRADE = clientFrame("5");
const SWITCHING = "HTTP/1.1 101 ";
const CLOSE = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

function upgradeRequest(port: number, query: string): string {
  return (
    `GET /socket.io/?EIO=4&transport=websocket${query} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
  );
}

/** The exchange between the handshake and the first message of the load. */
interface Opening {
  /** Sent after the response to the handshake. */
  readonly first: Buffer;
  /** Number of messages before the socket is open. */
  readonly messages: number;
  readonly opened: () => void;
  readonly failed: (error: Error) => void;
}

/**
 * The minimal client that keeps a server busy: frames are prepared, responses are counted but not
 * parsed.
 */
export class LoadSocket {
  /** Called once per chunk, with the number of messages completed by it. */
  onMessages: (count: number) => void = () => {};
  /** Resolves when the connection has ended: with an error, unless the load ended it. */
  readonly ended: Promise<Error | undefined>;
  readonly #socket: Socket;
  readonly #frames = new FrameCounter();
  readonly #opening: Opening;
  #head: string | undefined = "";
  /** Number of messages missing before the socket is open. */
  #missing: number;
  /** True once the load ends the connection. */
  #leaving = false;
  #error: Error | undefined;

  private constructor(socket: Socket, opening: Opening) {
    this.#socket = socket;
    this.#opening = opening;
    this.#missing = opening.messages;
    socket.on("error", (error) => {
      this.#error = error;
      opening.failed(error);
    });
    this.ended = new Promise((resolve) => {
      socket.on("close", () => {
        opening.failed(new Error("the server closed a connection before it was open"));
        resolve(this.#leaving ? undefined : this.#broken());
      });
    });
    socket.on("data", (chunk) => {
      this.#receive(chunk);
    });
  }

  /**
   * Opens a session on WebSocket and joins the main namespace; the server responds with one message
   * to each.
   */
  static open(port: number): Promise<LoadSocket> {
    return LoadSocket.#open(port, "", { first: CONNECT, messages: 2 });
  }

  /**
   * Upgrades a session on long-polling; `polled` settles when the server has ended the pending
   * poll.
   */
  static async upgrade(port: number, sid: string, polled: Promise<unknown>): Promise<LoadSocket> {
    const load = await LoadSocket.#open(port, `&sid=${sid}`, { first: PROBE, messages: 1 });
    await polled;
    load.send(UPGRADE);
    return load;
  }

  static async #open(
    port: number,
    query: string,
    { first, messages }: Pick<Opening, "first" | "messages">,
  ): Promise<LoadSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      const load = new LoadSocket(socket, {
        first,
        messages,
        failed: reject,
        opened: () => {
          resolve(load);
        },
      });
      socket.write(upgradeRequest(port, query));
    });
  }

  send(frames: Buffer): void {
    this.#socket.write(frames);
  }

  /** Closes the connection with the closing handshake, and waits for the server. */
  async close(): Promise<void> {
    if (this.#socket.closed) throw this.#broken();
    this.#leaving = true;
    this.#socket.end(CLOSE);
    await this.ended;
  }

  destroy(): void {
    this.#leaving = true;
    this.#socket.destroy();
  }

  #broken(): Error {
    return new Error("the server closed a connection under load", { cause: this.#error });
  }

  #receive(chunk: Buffer): void {
    if (this.#head === undefined) {
      this.#count(chunk);
      return;
    }
    this.#head += chunk.toString("latin1");
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return;
    if (!this.#head.startsWith(SWITCHING)) {
      this.#opening.failed(new Error(`the server refused an upgrade: ${this.#head.slice(0, end)}`));
      this.destroy();
      return;
    }
    const rest = Buffer.from(this.#head.slice(end + 4), "latin1");
    this.#head = undefined;
    this.#socket.write(this.#opening.first);
    if (rest.length > 0) this.#count(rest);
  }

  #count(chunk: Buffer): void {
    const messages = this.#frames.push(chunk);
    for (; this.#frames.pings > 0; this.#frames.pings--) this.#socket.write(PONG);
    if (this.#missing === 0) {
      if (messages > 0) this.onMessages(messages);
      return;
    }
    this.#missing = Math.max(0, this.#missing - messages);
    if (this.#missing === 0) this.#opening.opened();
  }
}

/** Opens `count` sockets, a few at a time. */
export async function openMany(port: number, count: number): Promise<LoadSocket[]> {
  const sockets: LoadSocket[] = [];
  while (sockets.length < count) {
    const batch = Math.min(100, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: batch }, () => LoadSocket.open(port)))));
  }
  return sockets;
}
