import { type BroadcastFlags, PacketLog, type Room, type SocketId } from "@skein/adapter";
import type { Packet } from "@skein/parser";
import { offsetOf } from "../events/event-arguments.ts";
import { after } from "../runtime/timers.ts";

/** Bytes of broadcasts that are kept of one namespace while clients come back; what has missed more is a new socket. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Milliseconds in which an event that a client got from the adapter's log may still be delivered to it once more. */
const ECHO_MS = 10_000;

/** Whom a broadcast means, as adapters written for Socket.IO say it. */
interface ThirdPartyOptions {
  readonly rooms: ReadonlySet<Room>;
  readonly except?: ReadonlySet<Room>;
  readonly flags?: BroadcastFlags;
}

type Visit = (socket: { readonly id: SocketId }) => void;

/** The members of the published base class that every broadcast passes: it encodes the packet, then visits the sockets. */
interface PublishedBase {
  encoder: { encode(packet: Packet): unknown };
  apply(options: ThirdPartyOptions, visit: Visit): void;
}

function isPublishedBase(instance: object): instance is PublishedBase {
  const { encoder, apply } = instance as Partial<PublishedBase>;
  return typeof apply === "function" && typeof encoder?.encode === "function";
}

const NO_ROOMS: ReadonlySet<Room> = new Set();

/**
 * Hears what an adapter on the published base class delivers on this node, whether it was sent here or on another one. So
 * clients that are about to be recovered get what is delivered before they are connected, and nothing of it twice. With an
 * adapter on another base it hears nothing.
 */
export class BroadcastTap {
  readonly #log = new PacketLog({ maxAge: Number.POSITIVE_INFINITY, maxBytes: MAX_BYTES });
  /** The adapter, until somebody listens. */
  #untapped: object | undefined;
  #listeners = 0;
  /** Offsets of the events that the adapter's log gave to a socket. */
  readonly #given = new Map<SocketId, ReadonlySet<string | undefined>>();

  constructor(instance: object) {
    this.#untapped = instance;
  }

  /** Begins to listen; `stop` must follow. The result tells `heardSince` from where on. */
  listen(): number {
    const instance = this.#untapped;
    this.#untapped = undefined;
    if (instance !== undefined && isPublishedBase(instance)) this.#intercept(instance);
    this.#listeners += 1;
    return this.#log.end;
  }

  stop(): void {
    this.#listeners -= 1;
    if (this.#listeners === 0) this.#log.clear();
  }

  /** The recoverable events for a session in `rooms` since then; null if they were too many to keep. */
  heardSince(
    start: number,
    rooms: readonly Room[],
    stillIn: ReadonlySet<Room>,
  ): (readonly unknown[])[] | null {
    return this.#log.from(start, rooms, stillIn);
  }

  /** The adapter's log gave these events to a socket: for some time they are not delivered to it again. */
  given(id: SocketId, offsets: ReadonlySet<string | undefined>): void {
    if (offsets.size === 0) return;
    this.#given.set(id, offsets);
    after(ECHO_MS, () => {
      if (this.#given.get(id) === offsets) this.#given.delete(id);
    }).unref();
  }

  #intercept(instance: PublishedBase): void {
    const { encoder } = instance;
    const apply = instance.apply.bind(instance);
    let encoded: Packet | undefined;
    instance.encoder = {
      encode(packet) {
        const parts = encoder.encode(packet);
        encoded = packet;
        return parts;
      },
    };
    instance.apply = (options, visit) => {
      const packet = encoded;
      encoded = undefined;
      const isBroadcast = packet !== undefined && packet.id === undefined;
      apply(options, isBroadcast ? this.#broadcast(packet, options, visit) : visit);
    };
  }

  #broadcast({ data }: Packet, { rooms, except = NO_ROOMS, flags }: ThirdPartyOptions, visit: Visit): Visit {
    const offset = offsetOf(data);
    if (this.#listeners > 0 && flags?.volatile !== true && Array.isArray(data))
      this.#log.append(offset ?? "", { data, rooms, except }, 0);
    if (this.#given.size === 0 || offset === undefined) return visit;
    return (socket) => {
      if (this.#given.get(socket.id)?.has(offset) !== true) visit(socket);
    };
  }
}
