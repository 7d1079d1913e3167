import { LazyEmitter } from "./lazy-emitter.ts";
import type { Revision } from "../protocol/packet.ts";
import type { Transport, TransportName } from "../transport/transport.ts";

/** Queries of a transport view to its connection. */
export interface TransportViewContext {
  readonly id: string;
  readonly protocol: Revision;
  readonly readyState: "opening" | "open" | "closing" | "closed";
  /**
   * Whether a message sent now would leave on this transport, at the latest at the end of the turn.
   */
  isWritable(transport: Transport): boolean;
}

/**
 * A transport of a connection as applications see it (engine-protocol, "Engine objects"). Emits
 * `packet` (packet), `headers` (headers, request) of long-polling responses, `drain`, `ready`,
 * `error` (only if it has listeners) and, last, `close`.
 */
export class TransportView extends LazyEmitter {
  readonly #context: TransportViewContext;
  readonly #transport: Transport;
  #closed = false;

  constructor(context: TransportViewContext, transport: Transport) {
    super();
    this.#context = context;
    this.#transport = transport;
  }

  get name(): TransportName {
    return this.#transport.name;
  }

  /** The id of the session. */
  get sid(): string {
    return this.#context.id;
  }

  /** The protocol revision of the session. */
  get protocol(): Revision {
    return this.#context.protocol;
  }

  /**
   * True when a message sent now would leave at once or at the end of the turn, because the peer
   * keeps up.
   */
  get writable(): boolean {
    return !this.#closed && this.#context.isWritable(this.#transport);
  }

  get readyState(): "opening" | "open" | "closing" | "closed" {
    return this.#closed ? "closed" : this.#context.readyState;
  }

  /** Marks the end of the transport. Only called by its connection. */
  end(): void {
    this.#closed = true;
  }
}
