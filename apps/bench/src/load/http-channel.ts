import { connect, type Socket } from "node:net";

const OK = "HTTP/1.1 200 ";
const LENGTH = /\r\ncontent-length: *(\d+)/i;

/** One connection for prepared requests, one after the other. */
export class HttpChannel {
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #host: string;
  #received = "";
  #answered: ((body: string) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  private constructor(socket: Socket, port: number) {
    this.#socket = socket;
    this.#host = `Host: 127.0.0.1:${port}\r\n`;
    socket.on("data", (chunk) => {
      this.#receive(chunk.toString("latin1"));
    });
    socket.on("error", (error) => this.#failed?.(error));
    this.ended = new Promise((resolve) => {
      socket.on("close", () => {
        this.#failed?.(new Error("the server closed a connection that waited for an answer"));
        resolve();
      });
    });
  }

  static async open(port: number): Promise<HttpChannel> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      socket.once("error", reject);
      socket.once("connect", () => {
        resolve(new HttpChannel(socket, port));
      });
    });
  }

  get(path: string): Buffer {
    return Buffer.from(`GET ${path} HTTP/1.1\r\n${this.#host}\r\n`);
  }

  post(path: string, body: string): Buffer {
    const type = "Content-Type: text/plain;charset=UTF-8";
    const length = `Content-Length: ${Buffer.byteLength(body)}`;
    return Buffer.from(`POST ${path} HTTP/1.1\r\n${this.#host}${type}\r\n${length}\r\n\r\n${body}`);
  }

  /**
   * Sends a request and returns the body of its response; rejects for any status but 200. One at a
   * time.
   */
  request(bytes: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#socket.closed)
        return reject(new Error("the server closed a connection before it was asked again"));
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(bytes);
    });
  }

  destroy(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received += text;
    const head = this.#received.indexOf("\r\n\r\n");
    if (head < 0) return;
    if (!this.#received.startsWith(OK)) {
      this.#failed?.(new Error(`a request was refused: ${this.#received.slice(0, head)}`));
      return;
    }
    const length = LENGTH.exec(this.#received.slice(0, head));
    if (length === null) {
      this.#failed?.(new Error(`an answer doesn't tell its length: ${this.#received.slice(0, head)}`));
      return;
    }
    const end = head + 4 + Number(length[1]);
    if (this.#received.length < end) return;
    const body = this.#received.slice(head + 4, end);
    this.#received = this.#received.slice(end);
    this.#answered?.(body);
  }
}
