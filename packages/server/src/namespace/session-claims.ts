import type { Adapter, Room, SessionReservation, SocketId } from "@skein/adapter";
import { CLOSE_STATUSES } from "../connection/close-statuses.ts";
import type { CloseStatus } from "@skein/engine";
import type { MissedEvents } from "../connection/namespace-join.ts";

/** A connection that holds a session. */
interface SessionHolder {
  end(status: CloseStatus): void;
}

/** A socket as session handling uses it. */
interface SessionSocket {
  readonly id: SocketId;
  readonly client: SessionHolder;
  readonly recoveryPid: string | undefined;
  readonly rooms: ReadonlySet<Room>;
}

/** A client's request for its previous session. */
interface SessionClaim {
  readonly adapter: Adapter;
  readonly client: SessionHolder;
  /** Private session id, a secret of the client. */
  readonly pid: string;
  /** Offset of the last event received. */
  readonly offset: string | undefined;
}

export const NOTHING_MISSED: MissedEvents = [];

/**
 * Sessions of one namespace held on this node: by connected sockets, recovered pending sockets, and
 * clients whose session the adapter is looking up. A session has one holder, the latest claimant;
 * the previous holder's connection is closed. Empty while recovery is off.
 */
export class SessionClaims {
  readonly #isConnected: (id: SocketId) => boolean;
  /** Session holders by private id. */
  readonly #holders = new Map<string, SessionHolder>();
  /** Claims not yet answered by the adapter, by private id. These promises never reject. */
  readonly #pending = new Map<string, Promise<unknown>>();
  /** Reservations of pending sockets, by socket id. */
  readonly #reservations = new Map<SocketId, SessionReservation>();

  /** `isConnected` returns whether a connected socket has this id. */
  constructor(isConnected: (id: SocketId) => boolean) {
    this.#isConnected = isConnected;
  }

  /** Whether a claim is not yet answered by the adapter. */
  get pending(): boolean {
    return this.#pending.size > 0;
  }

  /**
   * Reserves a client's previous session; undefined if there is none. Returns a promise if the
   * adapter's lookup is asynchronous, or an earlier claim is unanswered.
   */
  claim(claim: SessionClaim): SessionReservation | undefined | Promise<SessionReservation | undefined> {
    const { pid } = claim;
    // The server may not have noticed yet that the previous connection is dead.
    this.surrender(pid);
    this.#holders.set(pid, claim.client);
    const former = this.#pending.get(pid);
    const restored = former === undefined ? this.#restore(claim) : former.then(() => this.#restore(claim));
    if (!(restored instanceof Promise)) return this.#accept(claim, restored);
    const accepted = restored.then(
      (reservation) => this.#accept(claim, reservation),
      () => this.#accept(claim, null),
    );
    this.#pending.set(pid, accepted);
    return accepted.finally(() => {
      if (this.#pending.get(pid) === accepted) this.#pending.delete(pid);
    });
  }

  /** Closes the holder's connection. The session is released or persisted on return. */
  surrender(pid: string): void {
    this.#holders.get(pid)?.end(CLOSE_STATUSES.RECOVERED_ELSEWHERE);
  }

  /** Adds the reservation of a pending socket. */
  candidateMade({ id }: SessionSocket, reservation: SessionReservation): void {
    this.#reservations.set(id, reservation);
  }

  /** Calls `SessionReservation.fetch`. Never rejects. */
  fetch({ id }: SessionSocket): Promise<void> | undefined {
    const reservation = this.#reservations.get(id);
    return reservation?.fetch?.().catch(() => reservation.release());
  }

  /** Returns the events that a pending socket has missed so far; null if its session is lost. */
  take({ id, rooms }: SessionSocket): MissedEvents | null {
    const missed = this.#reservations.get(id)?.take(rooms) ?? null;
    this.#reservations.delete(id);
    return missed;
  }

  /** Records the client of a connected socket as holder of its session. */
  connected({ recoveryPid, client }: SessionSocket): void {
    if (recoveryPid !== undefined) this.#holders.set(recoveryPid, client);
  }

  /** Handles the end of a connected or pending socket. A reserved session is released. */
  ended({ id, recoveryPid, client }: SessionSocket): void {
    this.#reservations.get(id)?.release();
    this.#reservations.delete(id);
    if (recoveryPid !== undefined && this.#holders.get(recoveryPid) === client)
      this.#holders.delete(recoveryPid);
  }

  /** Releases all reserved sessions; pending sockets can't be recovered any more. */
  releaseAll(): void {
    for (const reservation of this.#reservations.values()) reservation.release();
  }

  /** Restores a session. Any failure of the adapter means that there is none. */
  #restore({
    adapter,
    client,
    pid,
    offset,
  }: SessionClaim): SessionReservation | null | Promise<SessionReservation | null> {
    // A newer claim may have arrived meanwhile.
    if (this.#holders.get(pid) !== client) return null;
    try {
      return adapter.restoreSession(pid, offset);
    } catch {
      return null;
    }
  }

  #accept(
    { client, pid }: SessionClaim,
    reservation: SessionReservation | null,
  ): SessionReservation | undefined {
    const isHolder = this.#holders.get(pid) === client;
    if (reservation !== null && isHolder && !this.#isTaken(reservation.session.sid)) return reservation;
    reservation?.release();
    if (isHolder) this.#holders.delete(pid);
    return undefined;
  }

  /** Ensures that two live sockets never share an id. */
  #isTaken(id: SocketId): boolean {
    return this.#isConnected(id) || this.#reservations.has(id);
  }
}
