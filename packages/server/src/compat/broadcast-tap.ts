import { type BroadcastFlags, PacketLog, type Room, type SocketId } from "@skein/adapter";
import type { Packet } from "@skein/parser";
import { offsetOf } from "../events/event-arguments.ts";
import { after } from "../runtime/timers.ts";

/**
 * Maximum bytes of broadcasts kept per namespace while clients reconnect; a client that missed more
 * becomes a new socket.
 */
const MAX_BYTES = 16 * 1024 * 1024;

/** Time (ms) during which events restored from the adapter's log may be delivered a second time. */
const ECHO_MS = 10_000;

/** Receivers and flags of a broadcast, in the form of third-party adapters. */
interface ThirdPartyOptions {
  readonly rooms: ReadonlySet<Room>;
  readonly except?: ReadonlySet<Room>;
  readonly flags?: BroadcastFlags;
}

type Visit = (socket: { readonly id: SocketId }) => void;

/**
 * Members of the published base class that every broadcast uses: it encodes the packet, then visits
 * the sockets.
 */
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
 * Records what an adapter based on the published class delivers on this node, including broadcasts
 * from other nodes. Recovered clients thereby get what is delivered before they are connected,
 * exactly once; with adapters on another base nothing is recorded.
 */
export class BroadcastTap {
  readonly #log = new PacketLog({ maxAge: Number.POSITIVE_INFINITY, maxBytes: MAX_BYTES });
  /** The adapter; undefined once it is intercepted. */
  #untapped: object | undefined;
  #listeners = 0;
  /** Offsets of the events restored to each socket from the adapter's log. */
  readonly #given = new Map<SocketId, ReadonlySet<string | undefined>>();

  constructor(instance: object) {
    this.#untapped = instance;
  }

  /** Starts recording; `stop` must follow. Returns the start position for `heardSince`. */
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

  /**
   * Returns the recoverable events for a session in `rooms` since `start`; null if the log
   * overflowed.
   */
  heardSince(
    start: number,
    rooms: readonly Room[],
    stillIn: ReadonlySet<Room>,
  ): (readonly unknown[])[] | null {
    return this.#log.from(start, rooms, stillIn);
  }

  /**
   * Suppresses for `ECHO_MS` the delivery of events that the adapter's log restored to a socket.
   */
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
