import { EventEmitter } from "node:events";
import type { Room, SocketId } from "@skein/adapter";
import type {
  BroadcastOperator,
  Broadcasting,
  Namespace as NamespaceApi,
  NamespaceReservedEvents,
  RemoteSocket,
} from "../api.ts";
import { ClassEmitter } from "../application/class-emitter.ts";
import type {
  AckValue,
  EventNames,
  EventNamesWithAck,
  EventNamesWithoutAck,
  EventParams,
  EventsMap,
  ListenableNames,
  ListenerOf,
  ParamsWithoutAck,
  WithResponses,
  WithTimeout,
  WithoutAcks,
} from "../events/event-maps.ts";

type Method = (...args: unknown[]) => unknown;

/**
 * Forwards the emitter and the sending methods to the main namespace (server-api, "Server").
 * `sockets` is read at every call, because applications may replace it.
 */
export abstract class MainNamespaceProxy<
    LE extends EventsMap,
    EE extends EventsMap,
    SSE extends EventsMap,
    SD,
  >
  extends ClassEmitter
  implements Broadcasting<EE, SSE, SD>
{
  /** The main namespace. */
  abstract sockets: NamespaceApi<LE, EE, SSE, SD>;

  override on<Name extends ListenableNames<NamespaceReservedEvents<LE, EE, SSE, SD>, SSE>>(
    event: Name,
    listener: ListenerOf<NamespaceReservedEvents<LE, EE, SSE, SD>, SSE, Name>,
  ): this {
    return this.sockets.on(event, listener) as unknown as this;
  }

  override once<Name extends ListenableNames<NamespaceReservedEvents<LE, EE, SSE, SD>, SSE>>(
    event: Name,
    listener: ListenerOf<NamespaceReservedEvents<LE, EE, SSE, SD>, SSE, Name>,
  ): this {
    return this.sockets.once(event, listener) as unknown as this;
  }

  /** Sends to all sockets of the main namespace. */
  override emit<Name extends EventNames<WithoutAcks<EE>>>(
    event: Name,
    ...args: EventParams<WithoutAcks<EE>, Name>
  ): boolean {
    return this.sockets.emit(event, ...args);
  }

  emitWithAck<Name extends EventNamesWithAck<EE>>(
    event: Name,
    ...args: ParamsWithoutAck<EE, Name>
  ): Promise<AckValue<EE, Name>[]> {
    return this.sockets.emitWithAck(event, ...args);
  }

  send(...args: EventParams<EE, "message" & EventNamesWithoutAck<EE>>): this {
    this.sockets.send(...args);
    return this;
  }

  write(...args: EventParams<EE, "message" & EventNamesWithoutAck<EE>>): this {
    return this.send(...args);
  }

  to(room: Room | readonly Room[]): BroadcastOperator<WithResponses<EE>, SD> {
    return this.sockets.to(room);
  }

  in(room: Room | readonly Room[]): BroadcastOperator<WithResponses<EE>, SD> {
    return this.sockets.in(room);
  }

  except(room: Room | readonly Room[]): BroadcastOperator<WithResponses<EE>, SD> {
    return this.sockets.except(room);
  }

  compress(compress: boolean): BroadcastOperator<WithResponses<EE>, SD> {
    return this.sockets.compress(compress);
  }

  timeout(milliseconds: number): BroadcastOperator<WithTimeout<WithResponses<EE>>, SD> {
    return this.sockets.timeout(milliseconds);
  }

  get volatile(): BroadcastOperator<WithResponses<EE>, SD> {
    return this.sockets.volatile;
  }

  get local(): BroadcastOperator<WithResponses<EE>, SD> {
    return this.sockets.local;
  }

  fetchSockets(): Promise<RemoteSocket<EE, SD>[]> {
    return this.sockets.fetchSockets();
  }

  socketsJoin(room: Room | readonly Room[]): void {
    this.sockets.socketsJoin(room);
  }

  socketsLeave(room: Room | readonly Room[]): void {
    this.sockets.socketsLeave(room);
  }

  disconnectSockets(close = false): void {
    this.sockets.disconnectSockets(close);
  }

  /** @deprecated Use `fetchSockets`. */
  allSockets(): Promise<Set<SocketId>> {
    // oxlint-disable-next-line typescript/no-deprecated -- it is here for as long as it is there
    return this.sockets.allSockets();
  }

  serverSideEmit<Name extends EventNames<SSE>>(
    event: Name,
    ...args: EventParams<WithTimeout<WithResponses<SSE>>, Name>
  ): boolean {
    return this.sockets.serverSideEmit(event, ...args);
  }

  serverSideEmitWithAck<Name extends EventNamesWithAck<SSE>>(
    event: Name,
    ...args: ParamsWithoutAck<SSE, Name>
  ): Promise<AckValue<SSE, Name>[]> {
    return this.sockets.serverSideEmitWithAck(event, ...args);
  }
}

// All other emitter methods are forwarded too: a server has no listeners of its own.
const { prototype } = MainNamespaceProxy;
for (const name of Object.getOwnPropertyNames(EventEmitter.prototype)) {
  const inherited: unknown = Reflect.get(EventEmitter.prototype, name);
  if (
    name === "constructor" ||
    name.startsWith("_") ||
    typeof inherited !== "function" ||
    Object.hasOwn(prototype, name)
  ) {
    continue;
  }
  const value = function (
    this: MainNamespaceProxy<EventsMap, EventsMap, EventsMap, unknown>,
    ...args: unknown[]
  ) {
    return Reflect.apply(Reflect.get(this.sockets, name) as Method, this.sockets, args);
  };
  Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
}
