import { Queue } from "../queue.ts";
import { type HttpReply, http } from "./http.ts";
import { type Packet, separator, sidOf, type Wire } from "./wire.ts";

const closePacket = "1";

/**
 * A session over HTTP long-polling. It polls only when a test requests a packet, so tests control
 * when a poll is pending.
 */
export class PollingWire implements Wire {
  readonly sid: string;
  readonly open: string;
  readonly #url: string;
  readonly #received = new Queue<Packet>("a polled packet");
  readonly #abort = new AbortController();

  private constructor(url: string, open: string) {
    this.open = open;
    this.sid = sidOf(open);
    this.#url = `${url}&sid=${this.sid}`;
  }

  static async start(origin: string, query = ""): Promise<PollingWire> {
    const url = `${origin}/socket.io/?EIO=4&transport=polling${query}`;
    const { status, body } = await http(url);
    if (status !== 200) throw new Error(`the handshake was answered ${status} ${body}`);
    const [open, ...packets] = body.split(separator);
    const wire = new PollingWire(url, open ?? "");
    wire.#received.push(...packets);
    return wire;
  }

  /** A GET, answered when the server has something to say. */
  poll(): Promise<HttpReply> {
    return http(this.#url, { signal: this.#abort.signal });
  }

  /** A POST. */
  push(body: string): Promise<HttpReply> {
    return http(this.#url, { method: "POST", body, signal: this.#abort.signal });
  }

  async send(...packets: Packet[]): Promise<void> {
    const { status, body } = await this.push(packets.map(encode).join(separator));
    if (status !== 200 || body !== "ok") throw new Error(`the POST was answered ${status} ${body}`);
  }

  async next(): Promise<Packet> {
    while (this.#received.length === 0) {
      const { status, body } = await this.poll();
      if (status !== 200) throw new Error(`the poll was answered ${status} ${body}`);
      this.#received.push(...body.split(separator).map(decode));
    }
    return this.#received.next();
  }

  async rest(): Promise<Packet[]> {
    const packets = this.#received.drain();
    for (;;) {
      const { status, body } = await this.poll();
      if (status >= 400) return packets.filter((packet) => packet !== closePacket && packet !== "6");
      packets.push(...body.split(separator).map(decode));
    }
  }

  drop(): void {
    this.#abort.abort();
  }
}

function encode(packet: Packet): string {
  return typeof packet === "string" ? packet : `b${packet.toString("base64")}`;
}

function decode(packet: string): Packet {
  return packet.startsWith("b") ? Buffer.from(packet.slice(1), "base64") : packet;
}
