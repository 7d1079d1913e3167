import { codecFor, type OutgoingPacket, type ReceivedPacket } from "@skein/engine";
import { Arrivals, MemoryWebTransport } from "@skein/testkit";
import { encodeFrames, StreamDecoder } from "../src/protocol/codec/stream-codec.ts";

const { packets } = codecFor(4);

/** A client on one stream of a session in memory. It reads only while it is not paused. */
export class WebTransportClient {
  readonly wire = new MemoryWebTransport();
  readonly received = new Arrivals<ReceivedPacket>();
  readonly #stream = this.wire.openStream();
  readonly #writer = this.#stream.writable.getWriter();
  readonly #reader = this.#stream.readable.getReader();
  readonly #decoder = new StreamDecoder(Infinity);
  #paused: Promise<void> = Promise.resolve();
  #resume: () => void = () => {};

  constructor() {
    this.#read().catch(() => this.received.end("the stream broke"));
  }

  get session() {
    return this.wire.session;
  }

  /** Resolves once the server has taken the bytes, or can't any more. */
  async write(...bytes: readonly Uint8Array[]): Promise<void> {
    await this.#writer.write(Buffer.concat(bytes)).catch(() => {});
  }

  /** Sends packets, as one piece. */
  send(...sent: readonly OutgoingPacket[]): Promise<void> {
    return this.write(
      encodeFrames(sent.map((packet) => packets.encodeForWebSocket(packet, false) as string | Uint8Array)),
    );
  }

  /** Ends the client's half of the stream. */
  async finish(): Promise<void> {
    await this.#writer.close().catch(() => {});
  }

  /** Resets the client's half of the stream, and leaves the session. */
  async reset(reason: Error): Promise<void> {
    await this.#writer.abort(reason).catch(() => {});
  }

  /** Asks the server to stop sending on the stream. */
  async stopReading(): Promise<void> {
    await this.#reader.cancel(new Error("enough"));
  }

  /** The packet in progress still arrives. */
  pause(): void {
    this.#paused = new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  resume(): void {
    this.#resume();
  }

  async #read(): Promise<void> {
    for (;;) {
      const { done, value: piece } = await this.#reader.read();
      if (done) break;
      for (const message of this.#decoder.decode(piece)) {
        this.received.push(
          typeof message === "string" ? packets.decodeText(message) : packets.decodeBinary(message),
        );
      }
      await this.#paused;
    }
    this.received.end("the stream ended");
  }
}
