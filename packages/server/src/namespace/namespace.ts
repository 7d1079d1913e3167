import {
  type Adapter,
  type AdapterFactory,
  type BroadcastOptions,
  type LocalSockets,
  type SessionReservation,
  type SocketId,
  turnoverMap,
} from "@skein/adapter";
import { PreparedMessage } from "@skein/engine";
import type { Packet } from "@skein/parser";
import type { AckTerms } from "../broadcast/pending-acks.ts";
import type {
  Namespace as NamespaceApi,
  NamespaceAdapter,
  NamespaceMiddleware,
  Socket as SocketApi,
} from "../api.ts";
import { requireFunction } from "../runtime/argument-checks.ts";
import { NamespaceEmitter } from "../broadcast/namespace-emitter.ts";
import type { Client } from "../connection/client.ts";
import { publicAdapter } from "../compat/third-party-adapter.ts";
import { legacySocketId } from "../compat/v2-clients.ts";
import { type Failure, watchPromise } from "../application/safe-call.ts";
import type { NamespaceContext } from "./namespace-context.ts";
import type { EncodedPacket } from "../broadcast/topics/encoded-packet.ts";
import type { ErrorReport } from "../application/error-reports.ts";
import { ServerError } from "../errors.ts";
import { randomId } from "../runtime/random-id.ts";
import type { Joinable, MissedEvents, AdmissionListener } from "../connection/namespace-join.ts";
import { type Middleware, runChain } from "../application/middleware-chain.ts";
import { refusalOf, refusalOfThrown } from "../application/refusal.ts";
import { NOTHING_MISSED, SessionClaims } from "./session-claims.ts";
import { Socket } from "../socket/socket.ts";
import type { SocketContext } from "../socket/socket-context.ts";
import { TopicDelivery } from "../broadcast/topics/topic-delivery.ts";

/** Configuration of a dynamic namespace that is copied to its children. */
export interface Setup {
  readonly middlewares: readonly NamespaceMiddleware<SocketApi>[];
  readonly connect: readonly ((socket: SocketApi) => void)[];
  readonly connection: readonly ((socket: SocketApi) => void)[];
}

/** Returns the offset of the last event that the client reports as received. */
function offsetIn({ offset }: Record<string, unknown>): string | undefined {
  return typeof offset === "string" ? offset : undefined;
}

/** Implementation of the public interface of the same name. */
export class Namespace
  extends NamespaceEmitter
  implements NamespaceApi, LocalSockets<EncodedPacket>, SocketContext<Socket>, Joinable
{
  readonly name: string;
  readonly sockets: Map<SocketId, Socket> = turnoverMap();
  readonly #context: NamespaceContext;
  readonly #makeAdapter: AdapterFactory;
  readonly #middlewares: NamespaceMiddleware<SocketApi>[] = [];
  /** Number of sockets in middlewares. */
  #pendingSockets = 0;
  readonly #sessions = new SessionClaims((id) => this.sockets.has(id));
  #adapter: Adapter;
  /** Present only if a host of the server publishes natively. */
  #topics: TopicDelivery | undefined;
  #ackId = 0;

  constructor(name: string, context: NamespaceContext, makeAdapter = context.makeAdapter) {
    super();
    this.name = name;
    this.#context = context;
    this.#makeAdapter = makeAdapter;
    this.#adapter = makeAdapter(this);
    if (context.topics.enabled) this.useTopics();
    void this.#begin(this.#adapter);
  }

  get adapter(): NamespaceAdapter {
    return publicAdapter(this.#adapter) as NamespaceAdapter;
  }

  get internalAdapter(): Adapter {
    return this.#adapter;
  }

  /** The application's `Server`. */
  get server(): object {
    return this.#context.server;
  }

  /** The public view for sockets. */
  get api(): NamespaceApi {
    return this;
  }

  get recovers(): boolean {
    return this.#context.recovery !== undefined;
  }

  get acks(): AckTerms {
    return this.#context.acks;
  }

  /** Whether no socket is connected and no join is pending. */
  get empty(): boolean {
    return this.sockets.size === 0 && this.#pendingSockets === 0 && !this.#sessions.pending;
  }

  use(middleware: NamespaceMiddleware<SocketApi>): this {
    requireFunction("The middleware given to use()", middleware);
    this.#middlewares.push(middleware);
    return this;
  }

  // Called by adapters.

  encode(packet: Packet): EncodedPacket {
    packet.nsp = this.name;
    return this.#context.encoder.encode(packet).map((part) => new PreparedMessage(part));
  }

  publish(packet: Packet, options: BroadcastOptions, atMost: number): boolean {
    return this.#topics?.publish(packet, options, atMost) === true;
  }

  nextAckId(): number {
    return this.#ackId++;
  }

  onServerSideEmit(args: readonly unknown[], ack?: (response: unknown) => void): void {
    this.raiseEvent(ack === undefined ? args : [...args, ack]);
  }

  surrenderSession(pid: string): void {
    this.#sessions.surrender(pid);
  }

  // Joining and leaving.

  prepare(client: Client, auth: Record<string, unknown>): Socket | Promise<Socket> {
    const { pid } = auth;
    if (!this.recovers || typeof pid !== "string") return this.prepareNew(client, auth);
    const claim = { adapter: this.#adapter, client, pid, offset: offsetIn(auth) };
    const reserved = this.#sessions.claim(claim);
    if (!(reserved instanceof Promise)) return this.#pendingSocket(client, auth, reserved);
    return reserved.then((reservation) => this.#pendingSocket(client, auth, reservation));
  }

  prepareNew(client: Client, auth: Record<string, unknown>): Socket {
    return this.#pendingSocket(client, auth, undefined);
  }

  examine(socket: Socket, joining: AdmissionListener): void {
    const skips = socket.recovered && this.#context.recovery?.skipMiddlewares === true;
    if (skips || this.#middlewares.length === 0) return joining.onDecided(undefined);
    const chain = this.#middlewares as readonly Middleware<SocketApi>[];
    runChain<SocketApi>(chain, socket, {
      done: (reason) => joining.onDecided(reason === undefined ? undefined : refusalOf(reason)),
      broke: (cause) => joining.onDecided(refusalOfThrown(cause)),
      failed: (failure) => this.report({ source: "middleware", socket, ...failure }),
    });
  }

  onMiddlewareOverdue(socket: Socket): void {
    this.report({
      source: "middleware",
      socket,
      cause: new ServerError("MIDDLEWARE_OVERDUE"),
      rejected: false,
    });
  }

  fetchMissed(socket: Socket): Promise<void> | undefined {
    return socket.recovered ? this.#sessions.fetch(socket) : undefined;
  }

  takeMissed(socket: Socket): MissedEvents | null {
    return socket.recovered ? this.#sessions.take(socket) : NOTHING_MISSED;
  }

  admit(socket: Socket, missed: MissedEvents): void {
    this.#pendingSockets -= 1;
    this.sockets.set(socket.id, socket);
    this.#sessions.connected(socket);
    this.#topics?.onConnected(socket.id, socket);
    socket.enterNamespace(missed);
    this.raiseEvent(["connect", socket]);
    this.raiseEvent(["connection", socket]);
  }

  onOutgoingListener(socket: Socket): void {
    this.#topics?.onOutgoingListener(socket.id, socket);
  }

  onDiscarded(socket: Socket): void {
    this.#pendingSockets -= 1;
    this.#sessions.ended(socket);
    if (this.empty) this.#context.onEmpty(this.name);
  }

  onLeft(socket: Socket): void {
    this.#topics?.onLeft(socket);
    if (this.sockets.get(socket.id) === socket) this.sockets.delete(socket.id);
    this.#sessions.ended(socket);
    if (this.empty) this.#context.onEmpty(this.name);
  }

  // Called by the server.

  /** Ends every socket without a packet to its client, and then the adapter. */
  async shutDown(): Promise<void> {
    for (const socket of Array.from(this.sockets.values())) socket.onConnectionClosed("server shutting down");
    this.#sessions.releaseAll();
    await this.closeAdapter();
  }

  async closeAdapter(): Promise<void> {
    try {
      await this.#adapter.close();
    } catch (cause) {
      this.report({ source: "adapter", cause, rejected: true });
    }
  }

  /** Replaces the adapter. Existing rooms are lost, so this must precede the first socket. */
  renewAdapter(): void {
    this.#adapter = this.#makeAdapter(this);
    this.#topics = undefined;
    if (this.#context.topics.enabled) this.useTopics();
    void this.#begin(this.#adapter);
  }

  /** Enables native publishing. */
  useTopics(): void {
    this.#topics ??= new TopicDelivery(this, this.#adapter, this.#context.topics);
  }

  /** Applies the configuration of a dynamic namespace. */
  adopt(setup: Setup): void {
    this.#middlewares.push(...setup.middlewares);
    for (const listener of setup.connect) this.on("connect", listener);
    for (const listener of setup.connection) this.on("connection", listener);
  }

  /** Configuration to copy to children. */
  get setup(): Setup {
    type Listeners = ((socket: SocketApi) => void)[];
    return {
      middlewares: this.#middlewares,
      connect: this.listeners("connect") as Listeners,
      connection: this.listeners("connection") as Listeners,
    };
  }

  report(report: Omit<ErrorReport, "namespace">): void {
    this.#context.report({ ...report, namespace: this.name });
  }

  onFailure(source: ErrorReport["source"], event: string | undefined, failure: Failure): void {
    this.report(event === undefined ? { source, ...failure } : { source, event, ...failure });
  }

  protected listenerFailed(failure: Failure, [name, first]: readonly unknown[]): void {
    const socket = first instanceof Socket ? { socket: first } : {};
    this.report({ source: "listener", event: String(name), ...socket, ...failure });
  }

  async #begin(adapter: Adapter): Promise<void> {
    try {
      await adapter.init();
    } catch (cause) {
      this.report({ source: "adapter", cause, rejected: true });
    }
  }

  #pendingSocket(
    client: Client,
    auth: Record<string, unknown>,
    reservation: SessionReservation | undefined,
  ): Socket {
    const session = reservation?.session;
    const socket = new Socket(this, client, auth, {
      id: session?.sid ?? (client.legacy ? legacySocketId(this.name, client.id) : randomId()),
      pid: this.recovers ? (session?.pid ?? randomId()) : undefined,
      recovered: session !== undefined,
      data: session?.data ?? {},
      offset: session === undefined ? undefined : offsetIn(auth),
    });
    this.#pendingSockets += 1;
    if (reservation !== undefined) {
      this.#sessions.candidateMade(socket, reservation);
      watchPromise(socket.join(reservation.session.rooms), (failure) =>
        this.onFailure("adapter", undefined, failure),
      );
    }
    return socket;
  }
}
