import { once } from "node:events";
import { connect, type Socket } from "node:net";

const HANDSHAKE = [
  "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
  "Host: localhost",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  "\r\n",
].join("\r\n");

/** `40` as a client sends it: in a masked frame, whose mask changes nothing. */
const CONNECT = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]);

/**
 * The content of a server frame with more than 125 bytes of text, and the start of the next frame.
 */
function frameAt(bytes: Buffer, start: number): { text: string; end: number } | undefined {
  const short = (bytes[start + 1] ?? 0) & 0x7f;
  const from = start + (short === 126 ? 4 : 2);
  const length = short === 126 ? bytes.readUInt16BE(start + 2) : short;
  const end = from + length;
  return end > bytes.length ? undefined : { text: bytes.toString("latin1", from, end), end };
}

/** A peer that connects to the main namespace, sends nothing more, and reads only on command. */
export class Unread {
  readonly #connection: Socket;
  readonly #chunks: Buffer[] = [];

  private constructor(connection: Socket) {
    this.#connection = connection;
  }

  static async connect(origin: string): Promise<Unread> {
    const connection = connect(Number(new URL(origin).port), "127.0.0.1");
    connection.on("error", () => {});
    connection.write(HANDSHAKE);
    // No earlier: µWebSockets.js drops who does not wait for the 101.
    await once(connection, "readable");
    connection.write(CONNECT);
    return new Unread(connection);
  }

  /** Reads from now on. */
  read(): void {
    this.#connection.on("data", (chunk: Buffer) => this.#chunks.push(chunk));
  }

  /**
   * Resolves when the server has closed, or has sent a close frame, which this peer never answers.
   */
  async ended(): Promise<void> {
    while (!this.#hasCloseFrame()) await once(this.#connection, "data");
    this.#connection.end();
  }

  #hasCloseFrame(): boolean {
    return Buffer.concat(this.#chunks.slice(-2)).includes("server shutting down");
  }

  /** Texts of the events that came so far. */
  events(): string[] {
    const bytes = Buffer.concat(this.#chunks);
    const texts: string[] = [];
    let frame = frameAt(bytes, bytes.indexOf("\r\n\r\n") + 4);
    while (frame !== undefined && frame.text !== "") {
      texts.push(frame.text);
      frame = frameAt(bytes, frame.end);
    }
    return texts.filter((text) => text.startsWith("42"));
  }

  drop(): void {
    this.#connection.destroy();
  }
}
