import type { Adapter, Room, SessionReservation, SocketId } from "@skein/adapter";
import { CLOSE_STATUSES } from "../connection/close-statuses.ts";
import type { CloseStatus } from "@skein/engine";
import type { MissedEvents } from "../connection/namespace-join.ts";

/** A connection that holds a session. */
interface SessionHolder {
  end(status: CloseStatus): void;
}

/** A socket, as far as its session is concerned. */
interface SessionSocket {
  readonly id: SocketId;
  readonly client: SessionHolder;
  readonly recoveryPid: string | undefined;
  readonly rooms: ReadonlySet<Room>;
}

/** A client that asks for its former session. */
interface SessionClaim {
  readonly adapter: Adapter;
  readonly client: SessionHolder;
  /** Secret of the client. */
  readonly pid: string;
  /** Of the last event that it had. */
  readonly offset: string | undefined;
}

export const NOTHING_MISSED: MissedEvents = [];

/**
 * The sessions of one namespace that are held on this node: by connected sockets, by candidates that came back, and by clients
 * whose session the adapter still looks for. A session has one holder, the client that asked last; the connection of
 * the former holder ends. Empty while recovery is off.
 */
export class SessionClaims {
  readonly #isConnected: (id: SocketId) => boolean;
  /** By private id. */
  readonly #holders = new Map<string, SessionHolder>();
  /** By private id: the claims that the adapter has not answered. None of these promises rejects. */
  readonly #pending = new Map<string, Promise<unknown>>();
  /** Of candidates, by socket id. */
  readonly #reservations = new Map<SocketId, SessionReservation>();

  /** `isConnected`: whether a connected socket has this id. */
  constructor(isConnected: (id: SocketId) => boolean) {
    this.#isConnected = isConnected;
  }

  /** Whether the adapter has yet to answer a claim. */
  get pending(): boolean {
    return this.#pending.size > 0;
  }

  /**
   * Reserves the former session of a client; undefined if there is none. A promise if the adapter has to ask elsewhere, or is
   * still busy with a former claim.
   */
  claim(claim: SessionClaim): SessionReservation | undefined | Promise<SessionReservation | undefined> {
    const { pid } = claim;
    // The server may not know yet that the former connection is dead.
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

  /** Ends the connection that holds the session, which is given back or persisted when this returns. */
  surrender(pid: string): void {
    this.#holders.get(pid)?.end(CLOSE_STATUSES.RECOVERED_ELSEWHERE);
  }

  /** A candidate has been made for the session. */
  candidateMade({ id }: SessionSocket, reservation: SessionReservation): void {
    this.#reservations.set(id, reservation);
  }

  /** See `SessionReservation.fetch`. Never rejects. */
  fetch({ id }: SessionSocket): Promise<void> | undefined {
    const reservation = this.#reservations.get(id);
    return reservation?.fetch?.().catch(() => reservation.release());
  }

  /** What a candidate has missed up to now; null if its session is lost. */
  take({ id, rooms }: SessionSocket): MissedEvents | null {
    const missed = this.#reservations.get(id)?.take(rooms) ?? null;
    this.#reservations.delete(id);
    return missed;
  }

  /** A socket is connected: its client holds its session. */
  connected({ recoveryPid, client }: SessionSocket): void {
    if (recoveryPid !== undefined) this.#holders.set(recoveryPid, client);
  }

  /** A socket or a candidate has ended. A session that was reserved for it is given back. */
  ended({ id, recoveryPid, client }: SessionSocket): void {
    this.#reservations.get(id)?.release();
    this.#reservations.delete(id);
    if (recoveryPid !== undefined && this.#holders.get(recoveryPid) === client)
      this.#holders.delete(recoveryPid);
  }

  /** Gives back all sessions that are reserved: no candidate can come back any more. */
  releaseAll(): void {
    for (const reservation of this.#reservations.values()) reservation.release();
  }

  /** Any failure of the adapter means that there is no session. */
  #restore({
    adapter,
    client,
    pid,
    offset,
  }: SessionClaim): SessionReservation | null | Promise<SessionReservation | null> {
    // A newer claim may have come while this one waited.
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

  /** Two live sockets never share an id. */
  #isTaken(id: SocketId): boolean {
    return this.#isConnected(id) || this.#reservations.has(id);
  }
}
