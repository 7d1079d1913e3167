import { WebSocket } from "ws";
import { Queue } from "../queue.ts";
import { inTime, once } from "../waiting.ts";
import { PollingWire } from "./polling-wire.ts";
import { type Packet, sidOf, type Wire } from "./wire.ts";

/** A session over WebSocket: from the start, or after an upgrade. */
export class WebSocketWire implements Wire {
  #open = "";
  readonly #socket: WebSocket;
  readonly #received = new Queue<Packet>("a WebSocket message");
  readonly #closed: Promise<number>;

  private constructor(url: string) {
    this.#socket = new WebSocket(url.replace("http", "ws"));
    this.#socket.on("message", (data: Buffer, isBinary) => {
      this.#received.push(isBinary ? data : data.toString());
    });
    this.#closed = new Promise((resolve) => {
      this.#socket.on("close", resolve);
    });
    // A refused or broken connection also closes, which is what the tests look at.
    this.#socket.on("error", () => {});
  }

  static async start(origin: string, query = ""): Promise<WebSocketWire> {
    const wire = new WebSocketWire(`${origin}/socket.io/?EIO=4&transport=websocket${query}`);
    wire.#open = String(await wire.next());
    return wire;
  }

  /** Moves a fresh polling session to WebSocket (engine-protocol, "Upgrade"). */
  static async upgrade(origin: string, query = ""): Promise<WebSocketWire> {
    const { sid, open } = await PollingWire.start(origin, query);
    const wire = await WebSocketWire.candidate(origin, sid);
    wire.#open = open;
    await wire.send("2probe");
    const pong = await wire.next();
    if (pong !== "3probe") throw new Error(`the probe was answered ${String(pong)}`);
    await wire.send("5");
    return wire;
  }

  /** A handshake with that query, whatever comes of it. */
  static attempt(origin: string, query: string, path = "/socket.io"): WebSocketWire {
    return new WebSocketWire(`${origin}${path}/${query}`);
  }

  /** A WebSocket for the session `sid`, not yet probed. */
  static async candidate(origin: string, sid: string): Promise<WebSocketWire> {
    const wire = new WebSocketWire(`${origin}/socket.io/?EIO=4&transport=websocket&sid=${sid}`);
    await once(wire.#socket, "open");
    return wire;
  }

  /** The status code of a connection that closes. */
  get closeCode(): Promise<number> {
    return inTime(this.#closed, "the WebSocket to close");
  }

  get open(): string {
    return this.#open;
  }

  get sid(): string {
    return sidOf(this.#open);
  }

  send(...packets: Packet[]): Promise<void> {
    for (const packet of packets) this.#socket.send(packet);
    return Promise.resolve();
  }

  next(): Promise<Packet> {
    return this.#received.next();
  }

  async rest(): Promise<Packet[]> {
    await this.closeCode;
    return this.#received.drain();
  }

  drop(): void {
    this.#socket.terminate();
  }
}
