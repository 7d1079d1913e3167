import { type ClientClose, type ClientWebSocket, networkClient } from "@skein/testkit";
import type { Revision } from "../mode.ts";
import { inTime } from "../waiting.ts";
import type { Packet } from "./payload.ts";
import type { Wire } from "./wire.ts";

const TYPE_OF_MESSAGE = Buffer.of(4);

/** A WebSocket client. */
export class WebSocketWire implements Wire {
  readonly webSocket: ClientWebSocket;
  readonly #revision: Revision;

  constructor(webSocket: ClientWebSocket, revision: Revision) {
    this.webSocket = webSocket;
    this.#revision = revision;
  }

  static async open(port: number, path: string, revision: Revision): Promise<WebSocketWire> {
    const attempt = await inTime(networkClient(port).webSocket(path), "a WebSocket");
    if (attempt.kind !== "open") throw new Error(`the WebSocket was ${attempt.kind}`);
    return new WebSocketWire(attempt.webSocket, revision);
  }

  get closed(): Promise<ClientClose> {
    return inTime(this.webSocket.closed, "the end of the WebSocket");
  }

  send(...packets: Packet[]): Promise<void> {
    for (const packet of packets) this.webSocket.send(this.#outgoing(packet));
    return Promise.resolve();
  }

  async next(): Promise<Packet> {
    const data = await inTime(this.webSocket.messages.next(), "a WebSocket message");
    return typeof data !== "string" && this.#revision === 3 ? data.subarray(1) : data;
  }

  vanish(): void {
    this.webSocket.terminate();
  }

  #outgoing(packet: Packet): string | Buffer {
    if (typeof packet === "string" || this.#revision === 4) return packet;
    return Buffer.concat([TYPE_OF_MESSAGE, packet]);
  }
}
