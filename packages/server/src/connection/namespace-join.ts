import type { Packet } from "@skein/parser";
import type { DisconnectReason } from "../api.ts";
import { TickQueue } from "../runtime/tick-queue.ts";
import type { Refusal } from "../application/refusal.ts";
import type { Deadline, DeadlineListener, JoinDeadlines } from "./deadlines.ts";

/** A socket, as the connection that it lives on uses it. */
export interface ConnectedSocket {
  readonly namespaceName: string;
  /** A packet for it has arrived. */
  onPacket(packet: Packet): void;
  /** The peer broke the protocol: the connection is about to end. */
  onProtocolError(error: unknown): void;
  /** The connection has ended. */
  onConnectionClosed(reason: DisconnectReason, description?: unknown): void;
  /** Leave the namespace by the server's will, and tell the peer. */
  disconnect(): unknown;
}

/** A socket that is not a member yet. */
export interface PendingSocket extends ConnectedSocket {
  /** It never will be: leave every room, and send nothing more. */
  discard(): void;
}

/** An attempt to join that waits for the middlewares. */
export interface AdmissionListener {
  /** They have decided; with the refusal if there is one. */
  onDecided(refusal: Refusal | undefined): void;
}

/** A namespace, as those who ask to join see it. */
export interface Joinable {
  /** Makes the socket, from a former session if the client can prove one. At once, unless there may be one. Never rejects. */
  prepare(
    client: NamespaceJoinListener,
    auth: Record<string, unknown>,
  ): PendingSocket | Promise<PendingSocket>;
  /** Makes the socket of a client that can't come back after all. */
  prepareNew(client: NamespaceJoinListener, auth: Record<string, unknown>): PendingSocket;
  /** Asks the middlewares; `joining` is told at most once. */
  examine(candidate: PendingSocket, joining: AdmissionListener): void;
  /** The middlewares have not decided in time; they still may. */
  onMiddlewareOverdue(candidate: PendingSocket): void;
  /** Fetches what `takeMissed` needs; undefined if that is nothing. Never rejects. */
  fetchMissed(candidate: PendingSocket): Promise<void> | undefined;
  /** What the candidate has missed up to now; null if its session is lost. It must be admitted in the same tick. */
  takeMissed(candidate: PendingSocket): MissedEvents | null;
  /** Takes it in: own room, what it missed, reply, events. */
  admit(candidate: PendingSocket, missed: MissedEvents): void;
}

/** Events that a returning client has missed, each as its name and arguments. */
export type MissedEvents = readonly (readonly unknown[])[];

/** Where namespaces are found, at once, and made when a dynamic one matches. Never rejects. */
export interface NamespaceResolver {
  find(name: string, auth: Record<string, unknown>): Joinable | undefined | Promise<Joinable | undefined>;
  /** Whoever decides over this name has not done so in time; it still may. */
  onMatcherOverdue(name: string): void;
}

/** What the connection is told of an attempt to join. */
export interface NamespaceJoinListener {
  /** Milliseconds in which matchers and middlewares should decide. */
  readonly timeout: number;
  readonly deadlines: JoinDeadlines;
  onJoined(joining: NamespaceJoin, member: ConnectedSocket): void;
  /** There is no such namespace, and none may be made. */
  onNotFound(joining: NamespaceJoin): void;
  /** A middleware does not let it in. */
  onRefused(joining: NamespaceJoin, reason: Refusal): void;
}

/** One attempt to join a namespace: from the CONNECT packet to its reply (socketio-protocol, "Connecting to a namespace"). */
export class NamespaceJoin implements AdmissionListener, DeadlineListener {
  readonly namespaceName: string;
  readonly #client: NamespaceJoinListener;
  readonly #auth: Record<string, unknown>;
  #namespace: Joinable | undefined;
  #candidate: PendingSocket | undefined;
  #decided = false;
  #deadline: Deadline | undefined;
  /** Tells of what the deadline is for. */
  #missed: (() => void) | undefined;
  #abandoned = false;

  constructor(client: NamespaceJoinListener, namespace: string, auth: Record<string, unknown>) {
    this.#client = client;
    this.namespaceName = namespace;
    this.#auth = auth;
  }

  /** Goes as far as it can at once: promises would cost each connection more than all the rest of its way. */
  start(directory: NamespaceResolver): void {
    const found = directory.find(this.namespaceName, this.#auth);
    if (!(found instanceof Promise)) return this.#prepare(found);
    this.#expectDecision(() => directory.onMatcherOverdue(this.namespaceName));
    void found.then((namespace) => this.#prepare(namespace));
  }

  /** Whoever is asked has had the time, and has not decided: the application should know, once. */
  onDeadline(): void {
    const missed = this.#missed;
    this.#forgetDeadline();
    missed?.();
  }

  /** The client is gone, or has changed its mind: whatever the middlewares say, nothing comes of it. */
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

  /** The next tick has come after the decision. */
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

  /** In one tick: no event can come between what the candidate has missed and its admission. */
  #admit(namespace: Joinable, candidate: PendingSocket): void {
    if (this.#abandoned) return;
    const missed = namespace.takeMissed(candidate);
    if (missed === null) return this.#beginAnew(namespace, candidate);
    this.#client.onJoined(this, candidate);
    namespace.admit(candidate, missed);
  }

  /** The session was lost while the middlewares decided: they are asked about the new socket as about any other. */
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
