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

/** How much is kept for clients that lost their connection. */
export interface RecoveryOptions {
  /** For how many milliseconds a session and the packets it may have missed are kept. Default: two minutes. */
  readonly maxDisconnectionDuration?: number;
  /** About how many bytes of packets, and of sessions, one namespace keeps; when there are more, the oldest go. Default: 64 MiB. */
  readonly maxBytes?: number;
}

const DEFAULTS = { maxDisconnectionDuration: 120_000, maxBytes: 64 * 1024 * 1024 } as const;
const EVENT: Packet["type"] = 2;

/**
 * An in-memory adapter whose clients can come back as they were (socketio-protocol, section 7). Every event that is neither
 * volatile nor waits for an answer gets an offset as its last argument, and is kept, by reference, with the sessions that
 * ended, within the limits of `RecoveryOptions`.
 *
 * Who is gone for too long gets a new session, and so does who may have missed what is not kept any more. Memory is freed as the limits are met,
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
    // Kept after it was sent: what can't be encoded has thrown, and what a listener sent meanwhile went out first.
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

  /** The session stays where it is until it is taken, so there is nothing to give back. */
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

  /** The place in the log from which on the client has missed what was meant for it. */
  #firstMissed({ session, end }: KeptSession, offset: string | undefined): number | undefined {
    const { sent } = session;
    // It had all that went out to it, however long ago that was.
    if (offset === sent?.last) return end;
    if (offset === undefined) return sent && this.#log.placeOf(sent.first);
    const seen = this.#log.placeOf(offset);
    return seen === undefined ? undefined : seen + 1;
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
