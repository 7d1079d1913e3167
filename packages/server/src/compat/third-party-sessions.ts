import type { SessionReservation, SessionToPersist } from "@skein/adapter";
import { safeCall, type FailureListener } from "../application/safe-call.ts";
import { offsetOf } from "../events/event-arguments.ts";
import { BroadcastTap } from "./broadcast-tap.ts";

/** What adapters written for Socket.IO know of sessions. Older ones have neither method. */
export interface ThirdPartySessionStore {
  persistSession?(session: SessionToPersist): void | Promise<void>;
  restoreSession?(pid: string, offset: string): unknown;
}

/** What they restore: the session is used up, and the events are those that were missed up to now. */
interface RestoredSession extends SessionToPersist {
  readonly missedPackets: readonly (readonly unknown[])[];
}

/**
 * Makes reservations of what an adapter written for Socket.IO restores: adds the events that it delivers between
 * its reading of the log and the admission, leaves out those that come by both ways, and persists the session anew when
 * the client is not admitted. Anew also in its age, as these adapters tell none.
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

  /** A socket may be ending: nothing that goes wrong here may keep it from that. */
  persist(session: SessionToPersist): void {
    safeCall(() => this.#store.persistSession?.(session), undefined, [], this.#failed);
  }

  /** They know no client that had no event yet. */
  async restore(pid: string, offset: string | undefined): Promise<SessionReservation | null> {
    if (offset === undefined) return null;
    // Before the adapter reads its log: what it delivers later may not be in there.
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

/** A class of Skein's own that was given as one of Socket.IO's restores as Skein's do. */
function asReservation(value: unknown): SessionReservation | null {
  return typeof value === "object" && value !== null && "take" in value
    ? (value as SessionReservation)
    : null;
}
