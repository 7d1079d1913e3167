import { connect, type Socket } from "node:net";
import { clientFrame, FrameCounter } from "./frames.ts";

const CONNECT = clientFrame("40");
const PONG = clientFrame("3");
const PING_BYTE = 0x32;

function upgradeRequest(port: number, query: string): string {
  return (
    `GET /socket.io/?EIO=4&transport=websocket${query} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
  );
}

/**
 * The least client that keeps a server busy: frames are prepared, answers are counted and not parsed.
 * `onFrame` is called once for each message after the namespace was joined, heartbeats excepted.
 */
export class LoadSocket {
  onFrame: () => void = () => {};
  readonly #socket: Socket;
  readonly #frames = new FrameCounter();
  #head = "";
  #joined: (() => void) | undefined;
  #messages = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Connects and joins the main namespace. */
  static async open(port: number, query = ""): Promise<LoadSocket> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    const load = new LoadSocket(socket);
    await new Promise<void>((resolve, reject) => {
      load.#joined = resolve;
      socket.on("error", reject);
      socket.on("data", (chunk) => {
        load.#receive(chunk);
      });
      socket.write(upgradeRequest(port, query));
    });
    return load;
  }

  send(frame: Buffer): void {
    this.#socket.write(frame);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once("close", () => {
        resolve();
      });
      this.#socket.end(Buffer.from([0x88, 0x80, 0, 0, 0, 0]));
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#messages > 0) {
      this.#frames.push(chunk, this.#frame);
      return;
    }
    this.#head += chunk.toString("latin1");
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return;
    const rest = Buffer.from(this.#head.slice(end + 4), "latin1");
    this.#head = "";
    this.#messages = 1;
    this.#socket.write(CONNECT);
    if (rest.length > 0) this.#frames.push(rest, this.#frame);
  }

  readonly #frame = (bytes: Buffer, start: number, end: number): void => {
    if (end - start === 1 && bytes[start] === PING_BYTE) {
      this.#socket.write(PONG);
      return;
    }
    this.#messages++;
    // The first message is the open packet, the second the namespace's answer.
    if (this.#messages === 3) this.#joined?.();
    else if (this.#messages > 3) this.onFrame();
  };
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
