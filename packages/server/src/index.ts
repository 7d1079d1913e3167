import type {
  BroadcastOperator as BroadcastOperatorApi,
  Namespace as NamespaceApi,
  RemoteSocket as RemoteSocketApi,
  Socket as SocketApi,
} from "./api.ts";
import { BroadcastOperator as BroadcastOperatorClass } from "./broadcast/broadcast-operator.ts";
import type { DefaultEventsMap, EventsMap } from "./events/event-maps.ts";
import { Namespace as NamespaceClass } from "./namespace/namespace.ts";
import { RemoteSocket as RemoteSocketClass } from "./broadcast/remote-socket.ts";
import { Socket as SocketClass } from "./socket/socket.ts";

// Classes are exported for `instanceof` and for patching of prototypes; types are the interfaces.
/* oxlint-disable typescript/no-explicit-any -- the defaults if undeclared */

/** A communication channel, created by `server.of`. */
export const Namespace = NamespaceClass;
export type Namespace<
  LE extends EventsMap = DefaultEventsMap,
  EE extends EventsMap = LE,
  SSE extends EventsMap = DefaultEventsMap,
  SD = any,
> = NamespaceApi<LE, EE, SSE, SD>;

/** A client's presence in a namespace, created when the client joins. */
export const Socket = SocketClass;
export type Socket<
  LE extends EventsMap = DefaultEventsMap,
  EE extends EventsMap = LE,
  SSE extends EventsMap = DefaultEventsMap,
  SD = any,
> = SocketApi<LE, EE, SSE, SD>;

/** A broadcast under construction. */
export const BroadcastOperator = BroadcastOperatorClass;
export type BroadcastOperator<EE extends EventsMap = DefaultEventsMap, SD = any> = BroadcastOperatorApi<
  EE,
  SD
>;

/** A socket on any server of the cluster. */
export const RemoteSocket = RemoteSocketClass;
export type RemoteSocket<EE extends EventsMap = DefaultEventsMap, SD = any> = RemoteSocketApi<EE, SD>;

export type {
  CatchAllListener,
  Client,
  ClientConnection,
  DisconnectReason,
  Event,
  ExtendedError,
  Handshake,
  NamespaceAdapter,
  NamespaceMiddleware,
  SocketMiddleware,
} from "./api.ts";
export type { ForeignConnection, ForeignEngine } from "./compat/foreign-engine.ts";
export type { ForeignParser } from "./compat/foreign-parser.ts";
export type {
  AdapterChoice,
  ThirdPartyAdapterClass,
  ThirdPartyAdapterFactory,
  ThirdPartyAdapterInstance,
} from "./compat/third-party-adapter.ts";
export type { RecoveryOptions } from "./api.ts";
export type { ErrorHandler, ErrorReport } from "./application/error-reports.ts";
export {
  SERVER_ERRORS,
  ServerError,
  type ServerErrorCode,
  /** @deprecated Renamed to `SERVER_ERRORS`. */
  SERVER_ERRORS as SKEIN_ERRORS,
  /** @deprecated Renamed to `ServerError`. */
  ServerError as SkeinError,
  /** @deprecated Renamed to `ServerErrorCode`. */
  type ServerErrorCode as SkeinErrorCode,
} from "./errors.ts";
export type { DefaultEventsMap, EventsMap } from "./events/event-maps.ts";
export type { TServerInstance } from "./server/http-server.ts";
export type { NamespaceMatcher } from "./namespace/namespace-registry.ts";
export type { ServerOptions } from "./options.ts";
export { Server } from "./server/server.ts";
