import type {
  EngineError,
  OutgoingPacket,
  ReceivedPacket,
  SessionTransport,
  TransportListener,
  TransportName,
} from "@skein/engine";

/**
 * A transport in memory: sent batches are recorded, and the test supplies grants, packets and ends.
 */
export class MemoryTransport implements SessionTransport {
  readonly name: TransportName;
  readonly sent: (readonly OutgoingPacket[])[] = [];
  bufferedAmount = 0;
  ending: "open" | "closed" | "discarded" = "open";
  #listener: TransportListener | undefined;
  #granted = false;
  /** True after a batch without a grant, after which only the end may follow. */
  #overdrawn = false;

  constructor(name: TransportName = "websocket") {
    this.name = name;
  }

  attach(listener: TransportListener): void {
    this.#listener = listener;
  }

  send(batch: readonly OutgoingPacket[]): void {
    if (this.name === "polling" && !this.#granted) throw new Error("sent without a poll");
    if (this.#overdrawn) throw new Error("sent twice without a grant");
    this.#overdrawn = !this.#granted;
    this.#granted = false;
    this.sent.push([...batch]);
  }

  close(): void {
    this.#end("closed");
  }

  discard(): void {
    this.#end("discarded");
  }

  grant(): void {
    if (this.#overdrawn) throw new Error("not closed after a batch without a grant");
    this.#granted = true;
    this.#listener?.onWritable(this);
  }

  receive(packet: ReceivedPacket): void {
    this.#listener?.onPacket(this, packet);
  }

  lose(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.onClose(this);
  }

  fail(error: EngineError): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.onFailure(this, error);
  }

  #end(ending: "closed" | "discarded"): void {
    this.#listener = undefined;
    if (this.ending === "open") this.ending = ending;
  }
}
