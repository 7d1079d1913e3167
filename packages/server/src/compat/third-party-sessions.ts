import type { SessionReservation, SessionToPersist } from "@skein/adapter";
import { safeCall, type FailureListener } from "../application/safe-call.ts";
import { offsetOf } from "../events/event-arguments.ts";
import { BroadcastTap } from "./broadcast-tap.ts";

/** Session methods of third-party adapters. Older adapters have neither. */
export interface ThirdPartySessionStore {
  persistSession?(session: SessionToPersist): void | Promise<void>;
  restoreSession?(pid: string, offset: string): unknown;
}

/**
 * A session restored by a third-party adapter, which has removed it, with the events missed so far.
 */
interface RestoredSession extends SessionToPersist {
  readonly missedPackets: readonly (readonly unknown[])[];
}

/**
 * Turns sessions restored by a third-party adapter into reservations: adds the events delivered
 * between the log read and the admission, removes duplicates, and persists the session again if the
 * client is not admitted. The age of the session then restarts, because these adapters don't report
 * it.
 */
export class ThirdPartySessions {
  readonly #store: ThirdPartySessionStore;
  readonly #tap: BroadcastTap;
  readonly #failed: FailureListener;

  constructor(store: ThirdPartySessionStore, failed: FailureListener) {
    this.#store = store;
    this.#tap = new BroadcastTap(store);
    this.#failed = failed;
  }

  /** Persists a session. Failures are only reported, because the socket may be ending. */
  persist(session: SessionToPersist): void {
    safeCall(() => this.#store.persistSession?.(session), undefined, [], this.#failed);
  }

  /** Restores a session; null without an offset, as these adapters need one. */
  async restore(pid: string, offset: string | undefined): Promise<SessionReservation | null> {
    if (offset === undefined) return null;
    // Recording starts before the adapter reads its log, which may lack later deliveries.
    const start = this.#tap.listen();
    let restored: unknown;
    try {
      restored = await this.#store.restoreSession?.(pid, offset);
    } finally {
      if (!isRestored(restored)) this.#tap.stop();
    }
    return isRestored(restored) ? this.#reservation(restored, start) : asReservation(restored);
  }

  #reservation({ missedPackets, ...kept }: RestoredSession, start: number): SessionReservation {
    const session: SessionToPersist = kept;
    let isOver = false;
    const end = (): boolean => {
      if (isOver) return false;
      isOver = true;
      this.#tap.stop();
      return true;
    };
    return {
      session,
      take: (rooms) => {
        const heard = isOver ? null : this.#tap.heardSince(start, session.rooms, rooms);
        return end() && heard !== null ? this.#together(session, missedPackets, heard) : null;
      },
      release: () => {
        if (end()) this.persist(session);
      },
    };
  }

  #together(
    { sid }: SessionToPersist,
    logged: RestoredSession["missedPackets"],
    heard: readonly (readonly unknown[])[],
  ): readonly (readonly unknown[])[] {
    const offsets = new Set(logged.map(offsetOf));
    this.#tap.given(sid, offsets);
    return [...logged, ...heard.filter((data) => !offsets.has(offsetOf(data)))];
  }
}

function isRestored(value: unknown): value is RestoredSession {
  return typeof value === "object" && value !== null && "missedPackets" in value;
}

/** Accepts a reservation of a Skein adapter class that is used as a third-party adapter. */
function asReservation(value: unknown): SessionReservation | null {
  return typeof value === "object" && value !== null && "take" in value
    ? (value as SessionReservation)
    : null;
}
