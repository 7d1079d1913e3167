import { Decoder, Encoder, type Packet as SocketPacket } from "socket.io-parser";
import type { Packet, Wire } from "./wire.ts";

/** A codec in the form that servers and clients take. */
export interface WireParser {
  Encoder: new () => { encode(packet: SocketPacket): (string | Uint8Array)[] };
  Decoder: new () => {
    add(part: string | Uint8Array): void;
    on(event: "decoded", listener: (packet: SocketPacket) => void): unknown;
  };
}

/** Engine.IO's type of a message, before a text. */
const message = "4";

/**
 * Translates parts of one codec into those of another, packet by packet. Engine.IO's own packets
 * stay unchanged.
 */
class Translation {
  readonly #encoder: InstanceType<WireParser["Encoder"]>;
  readonly #decoder: InstanceType<WireParser["Decoder"]>;
  readonly #translated: Packet[] = [];

  constructor(from: WireParser, to: WireParser) {
    this.#encoder = new to.Encoder();
    this.#decoder = new from.Decoder();
    this.#decoder.on("decoded", (packet) => {
      const parts = this.#encoder.encode(packet);
      this.#translated.push(
        ...parts.map((part) => (typeof part === "string" ? message + part : Buffer.from(part))),
      );
    });
  }

  translate(packet: Packet): Packet[] {
    if (typeof packet === "string" && !packet.startsWith(message)) return [packet];
    this.#decoder.add(typeof packet === "string" ? packet.slice(message.length) : packet);
    return this.#translated.splice(0);
  }
}

const ofTheProtocol: WireParser = { Encoder, Decoder: Decoder };

/** A raw session with a server of another codec, for tests written in the protocol's own. */
export class TranscodedWire implements Wire {
  readonly #wire: Wire;
  readonly #out: Translation;
  readonly #in: Translation;
  readonly #received: Packet[] = [];

  constructor(wire: Wire, parser: WireParser) {
    this.#wire = wire;
    this.#out = new Translation(ofTheProtocol, parser);
    this.#in = new Translation(parser, ofTheProtocol);
  }

  get sid(): string {
    return this.#wire.sid;
  }

  get open(): string {
    return this.#wire.open;
  }

  send(...packets: Packet[]): Promise<void> {
    return this.#wire.send(...packets.flatMap((packet) => this.#out.translate(packet)));
  }

  async next(): Promise<Packet> {
    let packet = this.#received.shift();
    while (packet === undefined) {
      this.#received.push(...this.#in.translate(await this.#wire.next()));
      packet = this.#received.shift();
    }
    return packet;
  }

  async rest(): Promise<Packet[]> {
    const rest = await this.#wire.rest();
    return [...this.#received.splice(0), ...rest.flatMap((packet) => this.#in.translate(packet))];
  }

  drop(): void {
    this.#wire.drop();
  }
}
