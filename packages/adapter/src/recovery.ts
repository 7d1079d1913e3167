import type { Packet } from "@skein/parser";
import type {
  AdapterFactory,
  BroadcastOptions,
  LocalSockets,
  RestoredSession,
  SessionToPersist,
} from "./adapter.ts";
import { AdapterError } from "./errors.ts";
import { InMemoryAdapter } from "./in-memory-adapter.ts";
import { OffsetSequence } from "./offsets.ts";
import { PacketLog } from "./packet-log.ts";
import { KeptSessions } from "./sessions.ts";
import { systemTiming, type Timing } from "./timing.ts";

/** How much is kept for clients that lost their connection. */
export interface RecoveryOptions {
  /** For how many milliseconds a session and the packets it may have missed are kept. Default: two minutes. */
  readonly maxDisconnectionDuration?: number;
  /** About how many bytes of packets one namespace keeps; when there are more, the oldest go. Default: 64 MiB. */
  readonly maxBytes?: number;
}

const DEFAULTS = { maxDisconnectionDuration: 120_000, maxBytes: 64 * 1024 * 1024 } as const;
const EVENT: Packet["type"] = 2;
const NO_ROOMS: ReadonlySet<string> = new Set();

/**
 * An in-memory adapter whose clients can come back as they were (socketio-protocol, section 7). Every event that is neither
 * volatile nor waits for an answer gets an offset as its last argument, and is kept, by reference, with the sessions that
 * ended, within the limits of `RecoveryOptions`.
 *
 * Who is gone for too long, or whose last offset was dropped, gets a new session. Memory is freed as the limits are met,
 * at the latest after twice the time, and by `close`.
 */
export class RecoverableInMemoryAdapter extends InMemoryAdapter {
  readonly #timing: Timing;
  readonly #maxAge: number;
  readonly #offsets = new OffsetSequence();
  readonly #log: PacketLog;
  readonly #sessions: KeptSessions;
  #cancelPurge: (() => void) | undefined;

  /** `timing` is there for tests. Throws an `AdapterError` for a limit that is no number from zero up. */
  constructor(local: LocalSockets, options: RecoveryOptions = {}, timing: Timing = systemTiming) {
    super(local, timing);
    this.#timing = timing;
    this.#maxAge = limit("maxDisconnectionDuration", options);
    this.#log = new PacketLog({ maxAge: this.#maxAge, maxBytes: limit("maxBytes", options) });
    this.#sessions = new KeptSessions(this.#maxAge);
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
    // Kept after it was sent: what can't be encoded has thrown, and what a listener sent meanwhile went out first.
    this.#log.append(offset, { data, rooms: options.rooms, except: options.except }, now);
    this.#schedulePurge();
  }

  /**
   * An offset that stands for all that was sent so far. A server may give it to a client that has had no event yet, which
   * could not be recovered otherwise: clients ask for recovery only with the offset of an event.
   */
  currentOffset(): string {
    const last = this.#log.lastOffset;
    if (last !== undefined) return last;
    const now = this.#timing.now();
    const offset = this.#offsets.next(now);
    // An empty log has no place to name: this entry is one. No known offset is before it, so it is never sent.
    this.#log.append(offset, { data: [offset], rooms: NO_ROOMS, except: NO_ROOMS }, now);
    this.#schedulePurge();
    return offset;
  }

  override persistSession(session: SessionToPersist): void {
    this.#sessions.keep(session, this.#timing.now());
    this.#schedulePurge();
  }

  /** Whoever asks uses the session up, also when its offset is not known any more. */
  override restoreSession(pid: string, offset: string): Promise<RestoredSession | null> | null {
    const now = this.#timing.now();
    const session = this.#sessions.take(pid, now);
    if (session === undefined) return null;
    this.#log.prune(now);
    const missedPackets = this.#log.since(offset, session.rooms);
    return missedPackets === null ? null : Promise.resolve({ ...session, missedPackets });
  }

  /** One timer, and only while something is kept. */
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

/** Adapters that keep sessions in memory, one for each namespace; the limits hold for each of them. */
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
