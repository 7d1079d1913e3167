import type {
  AckCallback,
  Adapter,
  AdapterFactory,
  BroadcastOptions,
  LocalSockets,
  Room,
  RoomEvent,
  SessionReservation,
  SessionToPersist,
  SocketDetails,
  SocketId,
} from "@skein/adapter";
import { expectation, shown } from "@skein/engine";
import type { Packet } from "@skein/parser";
import { safeCall, type Failure, type FailureListener, watchPromise } from "../application/safe-call.ts";
import { ServerError } from "../errors.ts";
import { after } from "../runtime/timers.ts";
import { NamespaceFacade, type ServerFacade, SocketFacade } from "./namespace-facade.ts";
import { ThirdPartySessions, type ThirdPartySessionStore } from "./third-party-sessions.ts";

/**
 * A third-party adapter, written for Socket.IO: an instance of a subclass of the `Adapter` of
 * `socket.io-adapter`, or an object with the same methods (adapter-contract, "In-memory adapter").
 */
export interface ThirdPartyAdapterInstance extends ThirdPartySessionStore {
  readonly rooms: ReadonlyMap<Room, ReadonlySet<SocketId>>;
  readonly sids: ReadonlyMap<SocketId, ReadonlySet<Room>>;
  init(): void | Promise<void>;
  close(): void | Promise<void>;
  serverCount(): Promise<number>;
  addAll(id: SocketId, rooms: ReadonlySet<Room>): void | Promise<void>;
  del(id: SocketId, room: Room): void | Promise<void>;
  delAll(id: SocketId): void | Promise<void>;
  socketRooms(id: SocketId): ReadonlySet<Room> | undefined;
  sockets(rooms: ReadonlySet<Room>): Promise<Set<SocketId>>;
  broadcast(packet: unknown, options: unknown): void | Promise<void>;
  broadcastWithAck(
    packet: unknown,
    options: unknown,
    clientCount: (count: number) => void,
    ack: AckCallback,
  ): void | Promise<void>;
  fetchSockets(options: unknown): Promise<readonly SocketDetails[]>;
  addSockets(options: unknown, rooms: readonly Room[]): void | Promise<void>;
  delSockets(options: unknown, rooms: readonly Room[]): void | Promise<void>;
  disconnectSockets(options: unknown, close: boolean): void | Promise<void>;
  serverSideEmit(args: readonly unknown[]): void | Promise<void>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** A class of third-party adapters. */
export type ThirdPartyAdapterClass = new (nsp: never) => ThirdPartyAdapterInstance;

/** The return value of `createAdapter` of Socket.IO's adapters: a constructor function. */
export type ThirdPartyAdapterFactory = (nsp: LocalSockets) => ThirdPartyAdapterInstance;

/** Value of the option `adapter`: a factory of Skein, or a third-party adapter. */
export type AdapterChoice = AdapterFactory | ThirdPartyAdapterFactory | ThirdPartyAdapterClass;

/** Context of a third-party adapter, provided by the server. */
export interface ThirdPartyAdapterContext extends ServerFacade {
  /** Called with errors and rejections of the adapter that have no other handler. */
  failed(namespace: string, failure: Failure): void;
}

type Constructor = new (nsp: NamespaceFacade) => ThirdPartyAdapterInstance;

/**
 * Returns whether `choice` is a constructor: true for classes, `function`s and proxies of them, not
 * for arrow functions. Does not run it.
 */
function isConstructor(choice: AdapterChoice): boolean {
  try {
    Reflect.construct(Object, [], choice);
    return true;
  } catch {
    return false;
  }
}

/** Methods required of every adapter, which a namespace calls before anything is sent. */
const METHODS = ["init", "addAll", "del", "delAll", "broadcast"];
const CHOICE = "a function or a class that makes adapters";
const CALL_ADVICE = "Adapters of packages are made by a call: adapter: createAdapter(…).";

function isAdapter(made: unknown): boolean {
  if (typeof made !== "object" || made === null) return false;
  return METHODS.every((method) => typeof Reflect.get(made, method) === "function");
}

/** Throws `INVALID_OPTION` unless `made` is an adapter. */
function requireAdapter<Made extends object>(made: Made, choice: AdapterChoice): Made {
  if (isAdapter(made)) return made;
  const advice = `It makes ${shown(made)}, which has not all of the methods ${METHODS.join(", ")}. ${CALL_ADVICE}`;
  throw new ServerError("INVALID_OPTION", expectation("adapter", CHOICE, choice, advice));
}

/**
 * Returns the factory for the chosen adapter: a constructor is third-party and called with `new`.
 * Throws `INVALID_OPTION` unless `choice` is a function; the factory does so if no adapter results.
 */
export function adapterFactoryOf(choice: AdapterChoice, host: ThirdPartyAdapterContext): AdapterFactory {
  if (typeof choice !== "function")
    throw new ServerError("INVALID_OPTION", expectation("adapter", CHOICE, choice, CALL_ADVICE));
  if (!isConstructor(choice)) return (local) => requireAdapter((choice as AdapterFactory)(local), choice);
  return (local) => {
    const facade = new NamespaceFacade(local, host);
    const instance = requireAdapter(new (choice as Constructor)(facade), choice);
    return new ThirdPartyAdapter(instance, facade, (failure) => host.failed(local.name, failure));
  };
}

/** Returns the adapter to expose to the application: a third-party one with all its own members. */
export function publicAdapter(adapter: Adapter): Adapter {
  return adapter instanceof ThirdPartyAdapter ? (adapter.instance as unknown as Adapter) : adapter;
}

/**
 * Wraps a third-party adapter. Its methods have the same names, but may return promises without a
 * handler, modify their arguments, and use facades as local sockets.
 */
class ThirdPartyAdapter implements Adapter {
  readonly instance: ThirdPartyAdapterInstance;
  readonly #facade: NamespaceFacade;
  readonly #failed: FailureListener;
  readonly #sessions: ThirdPartySessions;

  constructor(instance: ThirdPartyAdapterInstance, facade: NamespaceFacade, failed: FailureListener) {
    this.instance = instance;
    this.#facade = facade;
    this.#failed = failed;
    this.#sessions = new ThirdPartySessions(instance, failed);
  }

  get rooms(): ReadonlyMap<Room, ReadonlySet<SocketId>> {
    return this.instance.rooms;
  }

  get sids(): ReadonlyMap<SocketId, ReadonlySet<Room>> {
    return this.instance.sids;
  }

  init(): void | Promise<void> {
    return this.instance.init();
  }

  close(): void | Promise<void> {
    return this.instance.close();
  }

  serverCount(): Promise<number> {
    return this.instance.serverCount();
  }

  addAll(id: SocketId, rooms: ReadonlySet<Room>): void | Promise<void> {
    return this.instance.addAll(id, rooms);
  }

  del(id: SocketId, room: Room): void | Promise<void> {
    return this.instance.del(id, room);
  }

  delAll(id: SocketId): void {
    safeCall(() => this.instance.delAll(id), undefined, [], this.#failed);
  }

  socketRooms(id: SocketId): ReadonlySet<Room> | undefined {
    return this.instance.socketRooms(id);
  }

  sockets(rooms: ReadonlySet<Room>): Promise<Set<SocketId>> {
    return this.instance.sockets(rooms);
  }

  on(event: RoomEvent, listener: (room: Room, id?: SocketId) => void): this {
    this.instance.on(event, listener as (...args: unknown[]) => void);
    return this;
  }

  off(event: RoomEvent, listener: (room: Room, id?: SocketId) => void): this {
    this.instance.off(event, listener as (...args: unknown[]) => void);
    return this;
  }

  broadcast(packet: Packet, options: BroadcastOptions): void {
    this.#watch(this.instance.broadcast(packet, options));
  }

  /** Discards missing acknowledgements after the timeout; these adapters would keep them. */
  broadcastWithAck(
    packet: Packet,
    options: BroadcastOptions,
    clientCount: (count: number) => void,
    ack: AckCallback,
  ): void {
    const forget = this.#facade.registering(() => {
      this.#watch(this.instance.broadcastWithAck(packet, options, clientCount, ack));
    });
    // The timer only frees memory, so it must not keep the process alive.
    after(options.flags.timeout ?? 0, forget).unref();
  }

  async fetchSockets(options: BroadcastOptions): Promise<readonly SocketDetails[]> {
    const found = await this.instance.fetchSockets(options);
    return found.map((details) => SocketFacade.socketOf(details) ?? details);
  }

  addSockets(options: BroadcastOptions, rooms: readonly Room[]): void {
    this.#watch(this.instance.addSockets(options, rooms));
  }

  delSockets(options: BroadcastOptions, rooms: readonly Room[]): void {
    this.#watch(this.instance.delSockets(options, rooms));
  }

  disconnectSockets(options: BroadcastOptions, close: boolean): void {
    this.#watch(this.instance.disconnectSockets(options, close));
  }

  /** Passes a copy, because adapters remove a callback at the end of the list. */
  serverSideEmit(args: readonly unknown[]): void {
    this.#watch(this.instance.serverSideEmit([...args]));
  }

  persistSession(session: SessionToPersist): void {
    this.#sessions.persist(session);
  }

  restoreSession(pid: string, offset: string | undefined): Promise<SessionReservation | null> {
    return this.#sessions.restore(pid, offset);
  }

  #watch(result: void | Promise<void>): void {
    watchPromise(result, this.#failed);
  }
}
