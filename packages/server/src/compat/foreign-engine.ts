import {
  type CloseReason,
  type CloseStatus,
  type Connection,
  type ConnectionEventListener,
  type ConnectionListener,
  PreparedMessage,
  type SendCallback,
  type SendOptions,
  type TransportView,
} from "@skein/engine";
import type { IncomingMessage } from "node:http";

/**
 * The parts of a foreign engine's connection that the server uses (ecosystem, "Engine": foreign
 * engines).
 */
export interface ForeignConnection {
  readonly id: string;
  /** Protocol revision. Default: 4. */
  readonly protocol?: number;
  readonly readyState: string;
  request: unknown;
  readonly remoteAddress?: string | undefined;
  readonly transport: { readonly name: string; readonly writable: boolean };
  // Listeners get engine-specific arguments: text or bytes, an error, a reason.
  on(event: string, listener: (...args: never[]) => void): unknown;
  write(message: string | Uint8Array, options?: object, callback?: (...args: never[]) => void): unknown;
  /** Foreign engines ignore the status. */
  close(discard?: boolean, status?: CloseStatus): unknown;
}

/** A foreign engine, such as the published `engine.io`, as `bind` uses it. */
export interface ForeignEngine {
  readonly opts?: { readonly maxHttpBufferSize?: number };
  on(event: "connection", listener: (connection: ForeignConnection) => void): unknown;
  close(): unknown;
}

type Listener = (...args: never[]) => void;

/** A Node.js emitter, as most connections are; others may lack a method. */
type Emitter = Partial<
  Record<"once" | "off" | "removeListener", (event: string, listener: Listener) => unknown>
>;

function isEncrypted(request: unknown): boolean {
  return (request as { connection?: { encrypted?: unknown } } | null)?.connection?.encrypted === true;
}

/**
 * Adapts a foreign engine's connection to the `Connection` interface. Foreign engines queue and
 * write by themselves, so nothing is queued, prepared or published natively here.
 */
class ForeignLink implements Connection {
  readonly secure: boolean;
  readonly bufferedAmount = 0;
  readonly topicSubscriber = undefined;
  readonly #theirs: ForeignConnection;

  constructor(theirs: ForeignConnection) {
    this.#theirs = theirs;
    this.secure = isEncrypted(theirs.request);
  }

  get id(): string {
    return this.#theirs.id;
  }

  get protocol(): 3 | 4 {
    return this.#theirs.protocol === 3 ? 3 : 4;
  }

  get readyState(): Connection["readyState"] {
    return this.#theirs.readyState as Connection["readyState"];
  }

  get request(): IncomingMessage | null {
    return (this.#theirs.request as IncomingMessage | null | undefined) ?? null;
  }

  set request(request: IncomingMessage | null) {
    this.#theirs.request = request;
  }

  get remoteAddress(): string | undefined {
    return this.#theirs.remoteAddress;
  }

  get writable(): boolean {
    return this.#theirs.transport.writable;
  }

  get transport(): TransportView {
    return this.#theirs.transport as TransportView;
  }

  listen(listener: ConnectionListener): void {
    this.on("data", (data: string | Uint8Array) => listener.onMessage(data));
    this.on("close", (reason: CloseReason, description?: unknown) => listener.onClose(reason, description));
    // An emitter throws an error event that has no listener.
    this.on("error", () => this.close());
  }

  send(
    message: string | Uint8Array | PreparedMessage,
    options?: SendOptions | SendCallback,
    callback?: SendCallback,
  ): boolean {
    if (this.readyState !== "open") return false;
    const data = message instanceof PreparedMessage ? message.data : message;
    if (typeof options === "function") this.#theirs.write(data, undefined, options);
    // Copies the options, because engines add their defaults to them.
    else this.#theirs.write(data, options && { ...options }, callback);
    return true;
  }

  write(
    message: string | Uint8Array | PreparedMessage,
    options?: SendOptions | SendCallback,
    callback?: SendCallback,
  ): this {
    this.send(message, options, callback);
    return this;
  }

  settle(): boolean {
    return this.readyState === "open";
  }

  close(discard = false): void {
    this.#theirs.close(discard);
  }

  on<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): this {
    this.#theirs.on(event, listener as Listener);
    return this;
  }

  once<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): this {
    (this.#theirs as Emitter).once?.(event, listener as Listener);
    return this;
  }

  off<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): this {
    return this.removeListener(event, listener);
  }

  removeListener<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): this {
    (this.#theirs as Emitter).removeListener?.(event, listener as Listener);
    return this;
  }
}

/** Returns a Skein connection as it is, and adapts a foreign one. */
export function asConnection(connection: Connection | ForeignConnection): Connection {
  return "listen" in connection ? connection : new ForeignLink(connection);
}
