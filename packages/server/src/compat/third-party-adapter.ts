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
 * An adapter written for Socket.IO: an instance of a class that extends the one of the `socket.io-adapter` package, or
 * something with the same methods (adapter-contract, section 3).
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

/** A class of such adapters. */
export type ThirdPartyAdapterClass = new (nsp: never) => ThirdPartyAdapterInstance;

/** What the `createAdapter` functions of Socket.IO's adapters return: a constructor function. */
export type ThirdPartyAdapterFactory = (nsp: LocalSockets) => ThirdPartyAdapterInstance;

/** What may be given as a server's adapter: Skein's own factories, and adapters written for Socket.IO. */
export type AdapterChoice = AdapterFactory | ThirdPartyAdapterFactory | ThirdPartyAdapterClass;

/** What such an adapter needs of its server. */
export interface ThirdPartyAdapterContext extends ServerFacade {
  /** Told of promises that the adapter rejects when nobody waits for them. */
  failed(namespace: string, failure: Failure): void;
}

type Constructor = new (nsp: NamespaceFacade) => ThirdPartyAdapterInstance;

/** Whether `new` can be said to it: true for classes, `function`s and proxies of them, not for arrow functions. Runs none of it. */
function isConstructor(choice: AdapterChoice): boolean {
  try {
    Reflect.construct(Object, [], choice);
    return true;
  } catch {
    return false;
  }
}

/** What a namespace calls of every adapter before anything is sent. */
const METHODS = ["init", "addAll", "del", "delAll", "broadcast"];
const CHOICE = "a function or a class that makes adapters";
const CALL_ADVICE = "Adapters of packages are made by a call: adapter: createAdapter(…).";

function isAdapter(made: unknown): boolean {
  if (typeof made !== "object" || made === null) return false;
  return METHODS.every((method) => typeof Reflect.get(made, method) === "function");
}

/** Throws `INVALID_OPTION` for what is no adapter. */
function requireAdapter<Made extends object>(made: Made, choice: AdapterChoice): Made {
  if (isAdapter(made)) return made;
  const advice = `It makes ${shown(made)}, which has not all of the methods ${METHODS.join(", ")}. ${CALL_ADVICE}`;
  throw new ServerError("INVALID_OPTION", expectation("adapter", CHOICE, choice, advice));
}

/**
 * The factory that makes the chosen adapter: what can be constructed was written for Socket.IO, and is. Throws
 * `INVALID_OPTION` for what is no function at all; the factory does so for what makes something else.
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

/** The adapter as the application should see it: one written for Socket.IO with all of its own members. */
export function publicAdapter(adapter: Adapter): Adapter {
  return adapter instanceof ThirdPartyAdapter ? (adapter.instance as unknown as Adapter) : adapter;
}

/**
 * Drives an adapter that was written for Socket.IO. The names are the same; what differs: its methods may return promises
 * that nobody waits for, it changes what it is given, and its local sockets are facades.
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

  /** Those who don't answer in time are waited for no longer: by themselves these adapters would. */
  broadcastWithAck(
    packet: Packet,
    options: BroadcastOptions,
    clientCount: (count: number) => void,
    ack: AckCallback,
  ): void {
    const forget = this.#facade.registering(() => {
      this.#watch(this.instance.broadcastWithAck(packet, options, clientCount, ack));
    });
    // Nothing but memory hangs on it: no process need wait.
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

  /** The list is a copy: a callback at its end is taken off it. */
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
