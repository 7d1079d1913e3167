import {
  type Adapter,
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
import { Broadcaster } from "../broadcast/namespace-emitter.ts";
import type { Client } from "../connection/client.ts";
import { asMadeBy } from "../compat/third-party-adapter.ts";
import { legacySocketId } from "../compat/v2-clients.ts";
import { type Failure, watchPromise } from "../application/safe-call.ts";
import type { NamespaceContext } from "./namespace-context.ts";
import type { EncodedPacket } from "../broadcast/topics/encoded-packet.ts";
import type { ErrorReport } from "../application/error-reports.ts";
import { SkeinError } from "../errors.ts";
import { randomId } from "../runtime/random-id.ts";
import type { Joinable, MissedEvents, Undecided } from "../connection/namespace-join.ts";
import { type Middleware, runChain } from "../application/middleware-chain.ts";
import { refusalOf, refusalOfThrown } from "../application/refusal.ts";
import { NOTHING_MISSED, SessionClaims } from "./session-claims.ts";
import { Socket } from "../socket/socket.ts";
import type { SocketHome } from "../socket/socket-context.ts";
import { TopicDelivery } from "../broadcast/topics/topic-delivery.ts";

/** What of a namespace is copied to the children of a dynamic one. */
export interface Setup {
  readonly middlewares: readonly NamespaceMiddleware<SocketApi>[];
  readonly connect: readonly ((socket: SocketApi) => void)[];
  readonly connection: readonly ((socket: SocketApi) => void)[];
}

/** The offset of the last event that a client says it had. */
function offsetIn({ offset }: Record<string, unknown>): string | undefined {
  return typeof offset === "string" ? offset : undefined;
}

/** See the interface of the same name. */
export class Namespace
  extends Broadcaster
  implements NamespaceApi, LocalSockets<EncodedPacket>, SocketHome<Socket>, Joinable
{
  readonly name: string;
  readonly sockets: Map<SocketId, Socket> = turnoverMap();
  readonly #context: NamespaceContext;
  readonly #middlewares: NamespaceMiddleware<SocketApi>[] = [];
  /** How many are in middlewares. */
  #candidates = 0;
  readonly #sessions = new SessionClaims((id) => this.sockets.has(id));
  #adapter: Adapter;
  /** Only while a host of the server publishes natively. */
  #topics: TopicDelivery | undefined;
  #ackId = 0;

  constructor(name: string, context: NamespaceContext) {
    super();
    this.name = name;
    this.#context = context;
    this.#adapter = this.createAdapter();
    if (context.topics.enabled) this.useTopics();
    void this.#begin(this.#adapter);
  }

  get adapter(): NamespaceAdapter {
    return asMadeBy(this.#adapter) as NamespaceAdapter;
  }

  get driver(): Adapter {
    return this.#adapter;
  }

  /** The server that it belongs to. */
  get server(): object {
    return this.#context.server;
  }

  /** Itself, as its sockets show it. */
  get api(): NamespaceApi {
    return this;
  }

  get recovers(): boolean {
    return this.#context.recovery !== undefined;
  }

  get acks(): AckTerms {
    return this.#context.acks;
  }

  /** Nobody is here, nor about to come. */
  get empty(): boolean {
    return this.sockets.size === 0 && this.#candidates === 0 && !this.#sessions.pending;
  }

  use(middleware: NamespaceMiddleware<SocketApi>): this {
    requireFunction("The middleware given to use()", middleware);
    this.#middlewares.push(middleware);
    return this;
  }

  // What adapters call.

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
    if (!(reserved instanceof Promise)) return this.#candidate(client, auth, reserved);
    return reserved.then((reservation) => this.#candidate(client, auth, reservation));
  }

  prepareNew(client: Client, auth: Record<string, unknown>): Socket {
    return this.#candidate(client, auth, undefined);
  }

  examine(socket: Socket, joining: Undecided): void {
    const skips = socket.recovered && this.#context.recovery?.skipMiddlewares === true;
    if (skips || this.#middlewares.length === 0) return joining.decided(undefined);
    const chain = this.#middlewares as readonly Middleware<SocketApi>[];
    runChain<SocketApi>(chain, socket, {
      done: (reason) => joining.decided(reason === undefined ? undefined : refusalOf(reason)),
      broke: (cause) => joining.decided(refusalOfThrown(cause)),
      failed: (failure) => this.report({ source: "middleware", socket, ...failure }),
    });
  }

  overdue(socket: Socket): void {
    this.report({
      source: "middleware",
      socket,
      cause: new SkeinError("MIDDLEWARE_OVERDUE"),
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
    this.#candidates -= 1;
    this.sockets.set(socket.id, socket);
    this.#sessions.connected(socket);
    this.#topics?.entered(socket.id, socket);
    socket.enterNamespace(missed);
    this.raiseEvent(["connect", socket]);
    this.raiseEvent(["connection", socket]);
  }

  watched(socket: Socket): void {
    this.#topics?.watched(socket.id, socket);
  }

  dismissed(socket: Socket): void {
    this.#candidates -= 1;
    this.#sessions.ended(socket);
    if (this.empty) this.#context.emptied(this.name);
  }

  left(socket: Socket): void {
    this.#topics?.left(socket);
    if (this.sockets.get(socket.id) === socket) this.sockets.delete(socket.id);
    this.#sessions.ended(socket);
    if (this.empty) this.#context.emptied(this.name);
  }

  // What the server calls.

  /** Ends every socket, without telling the clients, and then the adapter. */
  async shutDown(): Promise<void> {
    for (const socket of Array.from(this.sockets.values())) socket.connectionClosed("server shutting down");
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

  /** Begins with a new adapter. Rooms that were joined before are lost: do it before there are sockets. */
  renewAdapter(): void {
    this.#adapter = this.createAdapter();
    this.#topics = undefined;
    if (this.#context.topics.enabled) this.useTopics();
    void this.#begin(this.#adapter);
  }

  /** From now on a host of the server publishes natively. */
  useTopics(): void {
    this.#topics ??= new TopicDelivery(this, this.#adapter, this.#context.topics);
  }

  /** Takes over what a dynamic namespace was set up with. */
  adopt(setup: Setup): void {
    this.#middlewares.push(...setup.middlewares);
    for (const listener of setup.connect) this.on("connect", listener);
    for (const listener of setup.connection) this.on("connection", listener);
  }

  /** What its children start with. */
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

  failed(source: ErrorReport["source"], event: string | undefined, failure: Failure): void {
    this.report(event === undefined ? { source, ...failure } : { source, event, ...failure });
  }

  /** Dynamic namespaces have no sockets, and another kind of adapter. */
  protected createAdapter(): Adapter {
    return this.#context.makeAdapter(this);
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

  #candidate(
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
    this.#candidates += 1;
    if (reservation !== undefined) {
      this.#sessions.candidateMade(socket, reservation);
      watchPromise(socket.join(reservation.session.rooms), (failure) =>
        this.failed("adapter", undefined, failure),
      );
    }
    return socket;
  }
}
