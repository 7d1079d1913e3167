import type { Packet } from "@skein/parser";
import type { DisconnectReason } from "../api.ts";
import { TickQueue } from "../runtime/tick-queue.ts";
import type { Refusal } from "../application/refusal.ts";
import type { Deadline, DeadlineListener, JoinDeadlines } from "./deadlines.ts";

/** A socket as its connection uses it. */
export interface ConnectedSocket {
  readonly namespaceName: string;
  /** Called with each packet for the socket. */
  onPacket(packet: Packet): void;
  /** Called on a protocol violation by the peer, before the connection ends. */
  onProtocolError(error: unknown): void;
  /** Called when the connection has ended. */
  onConnectionClosed(reason: DisconnectReason, description?: unknown): void;
  /** Leaves the namespace on behalf of the server, and sends a DISCONNECT. */
  disconnect(): unknown;
}

/** A socket that has not joined its namespace yet. */
export interface PendingSocket extends ConnectedSocket {
  /** Discards the socket: it leaves every room, and sends nothing more. */
  discard(): void;
}

/** Listener of a socket's middlewares. */
export interface AdmissionListener {
  /** Called with the middlewares' decision; `refusal` is undefined on admission. */
  onDecided(refusal: Refusal | undefined): void;
}

/** A namespace as joining clients use it. */
export interface Joinable {
  /**
   * Creates a socket, recovered if the client has a valid session. Synchronous unless a session may
   * have to be looked up. Never rejects.
   */
  prepare(
    client: NamespaceJoinListener,
    auth: Record<string, unknown>,
  ): PendingSocket | Promise<PendingSocket>;
  /** Creates a new socket for a client whose session was lost. */
  prepareNew(client: NamespaceJoinListener, auth: Record<string, unknown>): PendingSocket;
  /** Runs the middlewares; calls `joining` at most once. */
  examine(candidate: PendingSocket, joining: AdmissionListener): void;
  /** Reports that the middlewares exceeded the timeout. They may still decide. */
  onMiddlewareOverdue(candidate: PendingSocket): void;
  /** Fetches what `takeMissed` needs; undefined if nothing. Never rejects. */
  fetchMissed(candidate: PendingSocket): Promise<void> | undefined;
  /**
   * Returns the events missed so far, or null if the session is lost. `admit` must follow in the
   * same tick.
   */
  takeMissed(candidate: PendingSocket): MissedEvents | null;
  /** Admits the socket: joins its own room, sends missed events and the reply, raises events. */
  admit(candidate: PendingSocket, missed: MissedEvents): void;
}

/** Events that a reconnecting client has missed, each as name and arguments. */
export type MissedEvents = readonly (readonly unknown[])[];

/**
 * Finds existing namespaces synchronously, and creates those that a pattern matches. Never rejects.
 */
export interface NamespaceResolver {
  find(name: string, auth: Record<string, unknown>): Joinable | undefined | Promise<Joinable | undefined>;
  /** Reports that a matcher exceeded the timeout for this name. It may still decide. */
  onMatcherOverdue(name: string): void;
}

/** Listener of a namespace join, implemented by the connection. */
export interface NamespaceJoinListener {
  /** Timeout (ms) of matchers and middlewares. */
  readonly timeout: number;
  readonly deadlines: JoinDeadlines;
  onJoined(joining: NamespaceJoin, member: ConnectedSocket): void;
  /** Called if the namespace does not exist and may not be created. */
  onNotFound(joining: NamespaceJoin): void;
  /** Called if a middleware refuses the socket. */
  onRefused(joining: NamespaceJoin, reason: Refusal): void;
}

/**
 * A namespace join, from the CONNECT packet to its reply (socketio-protocol, "Connecting to a
 * namespace").
 */
export class NamespaceJoin implements AdmissionListener, DeadlineListener {
  readonly namespaceName: string;
  readonly #client: NamespaceJoinListener;
  readonly #auth: Record<string, unknown>;
  #namespace: Joinable | undefined;
  #candidate: PendingSocket | undefined;
  #decided = false;
  #deadline: Deadline | undefined;
  /** Reports the exceeded deadline. */
  #missed: (() => void) | undefined;
  #abandoned = false;

  constructor(client: NamespaceJoinListener, namespace: string, auth: Record<string, unknown>) {
    this.#client = client;
    this.namespaceName = namespace;
    this.#auth = auth;
  }

  /**
   * Runs synchronously as far as possible: promises would cost each connection more than all other
   * steps.
   */
  start(directory: NamespaceResolver): void {
    const found = directory.find(this.namespaceName, this.#auth);
    if (!(found instanceof Promise)) return this.#prepare(found);
    this.#expectDecision(() => directory.onMatcherOverdue(this.namespaceName));
    void found.then((namespace) => this.#prepare(namespace));
  }

  /** The matcher or middleware exceeded its deadline; reported once. */
  onDeadline(): void {
    const missed = this.#missed;
    this.#forgetDeadline();
    missed?.();
  }

  /**
   * Abandons the join because the client disconnected or withdrew it; a later decision of the
   * middlewares has no effect.
   */
  abandon(): void {
    this.#abandoned = true;
    this.#forgetDeadline();
    this.#candidate?.discard();
  }

  onDecided(refusal: Refusal | undefined): void {
    this.#decided = true;
    this.#forgetDeadline();
    conclusions.put(this, refusal);
  }

  /** Completes the join in the tick after the decision. */
  conclude(refusal: Refusal | undefined): void {
    const namespace = this.#namespace;
    const candidate = this.#candidate;
    if (this.#abandoned || namespace === undefined || candidate === undefined) return;
    if (refusal === undefined) {
      const fetching = namespace.fetchMissed(candidate);
      if (fetching === undefined) this.#admit(namespace, candidate);
      else void fetching.then(() => this.#admit(namespace, candidate));
    } else {
      candidate.discard();
      this.#client.onRefused(this, refusal);
    }
  }

  /** Synchronous, so that no event can occur between `takeMissed` and the admission. */
  #admit(namespace: Joinable, candidate: PendingSocket): void {
    if (this.#abandoned) return;
    const missed = namespace.takeMissed(candidate);
    if (missed === null) return this.#beginAnew(namespace, candidate);
    this.#client.onJoined(this, candidate);
    namespace.admit(candidate, missed);
  }

  /**
   * Restarts with a new socket, which passes the middlewares again: its session was lost during the
   * join.
   */
  #beginAnew(namespace: Joinable, lost: PendingSocket): void {
    const candidate = namespace.prepareNew(this.#client, this.#auth);
    lost.discard();
    this.#decided = false;
    this.#examine(namespace, candidate);
  }

  #prepare(namespace: Joinable | undefined): void {
    this.#forgetDeadline();
    if (this.#abandoned) return;
    if (namespace === undefined) return this.#client.onNotFound(this);
    const prepared = namespace.prepare(this.#client, this.#auth);
    if (prepared instanceof Promise) void prepared.then((candidate) => this.#examine(namespace, candidate));
    else this.#examine(namespace, prepared);
  }

  #examine(namespace: Joinable, candidate: PendingSocket): void {
    if (this.#abandoned) return candidate.discard();
    this.#namespace = namespace;
    this.#candidate = candidate;
    namespace.examine(candidate, this);
    if (!this.#decided) this.#expectDecision(() => namespace.onMiddlewareOverdue(candidate));
  }

  #expectDecision(missed: () => void): void {
    this.#missed = missed;
    const { deadlines, timeout } = this.#client;
    this.#deadline = deadlines.start(timeout, this);
  }

  #forgetDeadline(): void {
    if (this.#deadline !== undefined) this.#client.deadlines.cancel(this.#deadline);
    this.#deadline = undefined;
    this.#missed = undefined;
  }
}

const conclusions = new TickQueue<NamespaceJoin, Refusal | undefined>((joining, refusal) =>
  joining.conclude(refusal),
);
