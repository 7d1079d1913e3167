import type { Packet } from "@skein/parser";
import type {
  AdapterFactory,
  BroadcastOptions,
  LocalSockets,
  Room,
  SessionReservation,
  SessionToPersist,
} from "../adapter.ts";
import { AdapterError } from "../errors.ts";
import { InMemoryAdapter } from "../in-memory-adapter.ts";
import { OffsetSequence } from "./offsets.ts";
import { PacketLog } from "./packet-log.ts";
import { type KeptSession, KeptSessions } from "./sessions.ts";
import { systemTiming, type Timing } from "../timing.ts";

/** Limits of what is kept for disconnected clients. */
export interface RecoveryOptions {
  /**
   * Milliseconds for which a session and its missed packets are kept. Default: 120,000 (two
   * minutes).
   */
  readonly maxDisconnectionDuration?: number;
  /**
   * Approximate maximum bytes of packets, and of sessions, that one namespace keeps; above it the
   * oldest are dropped. Default: 64 MiB.
   */
  readonly maxBytes?: number;
}

const DEFAULTS = { maxDisconnectionDuration: 120_000, maxBytes: 64 * 1024 * 1024 } as const;
const EVENT: Packet["type"] = 2;

/**
 * An in-memory adapter with connection state recovery (socketio-protocol, "Offsets"). Every event
 * that is neither volatile nor requires an acknowledgement gets an offset as its last argument, and
 * is kept by reference, as are ended sessions, within the limits of `RecoveryOptions`.
 *
 * A client gets a new session if it was away too long or may have missed an event that is no longer
 * kept. Memory is freed when a limit is reached, at the latest after twice the maximum duration,
 * and by `close`.
 */
export class RecoverableInMemoryAdapter extends InMemoryAdapter {
  readonly #timing: Timing;
  readonly #maxAge: number;
  readonly #offsets = new OffsetSequence();
  readonly #log: PacketLog;
  readonly #sessions: KeptSessions;
  #cancelPurge: (() => void) | undefined;

  /**
   * `timing` is replaced in tests. Throws an `AdapterError` for a limit that is not a non-negative
   * number.
   */
  constructor(local: LocalSockets, options: RecoveryOptions = {}, timing: Timing = systemTiming) {
    super(local, timing);
    this.#timing = timing;
    this.#maxAge = limit("maxDisconnectionDuration", options);
    const limits = { maxAge: this.#maxAge, maxBytes: limit("maxBytes", options) };
    this.#log = new PacketLog(limits);
    this.#sessions = new KeptSessions(limits);
  }

  override close(): void | Promise<void> {
    this.#cancelPurge?.();
    this.#cancelPurge = undefined;
    this.#log.clear();
    this.#sessions.clear();
    return super.close();
  }

  override broadcast(packet: Packet, options: BroadcastOptions): void {
    const { data } = packet;
    if (!isRecoverable(packet, options) || !Array.isArray(data)) {
      super.broadcast(packet, options);
      return;
    }
    const now = this.#timing.now();
    const offset = this.#offsets.next(now);
    data.push(offset);
    super.broadcast(packet, options);
    // Logged after sending: a packet that can't be encoded has thrown by now, and packets sent by a
    // listener meanwhile precede it.
    this.#log.append(offset, { data, rooms: options.rooms, except: options.except }, now);
    this.#schedulePurge();
  }

  override persistSession(session: SessionToPersist): void {
    this.#sessions.keep(session, this.#log.end, this.#timing.now());
    this.#schedulePurge();
  }

  override restoreSession(pid: string, offset: string | undefined): SessionReservation | null {
    const now = this.#timing.now();
    this.#log.prune(now);
    const claimed = this.#sessions.claim(pid, now);
    if (claimed === undefined) return null;
    const place = this.#firstMissed(claimed, offset);
    const start = place === undefined ? undefined : this.#log.startFrom(place);
    if (start !== undefined) return this.#reservation(claimed, start);
    this.#sessions.take(claimed, now);
    return null;
  }

  /**
   * Creates a reservation. The session stays in the store until it is taken, so `release` has
   * nothing to return.
   */
  #reservation(claimed: KeptSession, start: number): SessionReservation {
    let isReleased = false;
    return {
      session: claimed.session,
      take: (rooms) => (isReleased ? null : this.#take(claimed, start, rooms)),
      release: () => {
        isReleased = true;
      },
    };
  }

  #take(
    claimed: KeptSession,
    start: number,
    rooms: ReadonlySet<Room>,
  ): readonly (readonly unknown[])[] | null {
    const now = this.#timing.now();
    if (!this.#sessions.take(claimed, now)) return null;
    this.#log.prune(now);
    return this.#log.from(start, claimed.session.rooms, rooms);
  }

  /** Returns the place in the log of the first packet that the client may have missed. */
  #firstMissed({ session, end }: KeptSession, offset: string | undefined): number | undefined {
    const { sent } = session;
    // The client received everything that was sent to it, however long ago.
    if (offset === sent?.last) return end;
    if (offset === undefined) return sent && this.#log.placeOf(sent.first);
    const seen = this.#log.placeOf(offset);
    return seen === undefined ? undefined : seen + 1;
  }

  /** Starts the only timer, which runs while anything is kept. */
  #schedulePurge(): void {
    this.#cancelPurge ??= this.#timing.after(this.#maxAge, () => {
      this.#cancelPurge = undefined;
      const now = this.#timing.now();
      this.#log.prune(now);
      this.#sessions.prune(now);
      if (this.#log.length + this.#sessions.size > 0) this.#schedulePurge();
    });
  }
}

/**
 * Returns a factory of adapters that keep sessions in memory, one per namespace; the limits apply
 * to each. A factory call throws an `AdapterError` for a limit that is not a non-negative number.
 */
export function recoverableInMemoryAdapter(options: RecoveryOptions = {}): AdapterFactory {
  return (local) => new RecoverableInMemoryAdapter(local, options);
}

function isRecoverable(packet: Packet, options: BroadcastOptions): boolean {
  return packet.type === EVENT && packet.id === undefined && options.flags.volatile !== true;
}

function limit(name: keyof RecoveryOptions, options: RecoveryOptions): number {
  const value = options[name] ?? DEFAULTS[name];
  if (value >= 0) return value;
  throw new AdapterError("INVALID_OPTION", `${name} must be a number from zero up, not ${value}`);
}
