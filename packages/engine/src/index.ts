import type { Revision } from "./protocol/packet.ts";

/** The protocol revision of this engine. */
export const protocol: Revision = 4;

export type { AttachOptions, EngineOptions, OutboxPolicy, ResolvedOptions } from "./options.ts";
export type { AllowRequest, HttpCompressionOptions, PerMessageDeflateOptions } from "./options.ts";
export { checkOptions } from "./options.ts";
export { warnOfUnknownOptions } from "./option-names.ts";
export { MAX_TIMER_MS } from "./time/clock.ts";
export { type Bounds, expectation, isObject, OptionChecks, shown } from "./option-checks.ts";
export { isPort, isServer, SERVER_ADVICE } from "./arguments.ts";
export { chooseCoding } from "./http/accept-encoding.ts";
export type { CookieOptions } from "./http/session-cookie.ts";
export type { CorsDelegate, CorsOptions, CorsSetting } from "./http/cors.ts";
export type { Middleware } from "./http/middleware.ts";
export type { GenerateId } from "./requests/session-terms.ts";
export { parseQuery } from "./http/query.ts";
export { queryOf } from "./http/request-query.ts";
export type { LibraryWebSocket } from "./host/node/websocket/library-port.ts";
export { Server } from "./server.ts";
export type { RequestInterceptor } from "./requests/attachments.ts";
export type { ConnectionError, ServerEvents } from "./sessions/server-events.ts";
export { attach, listen } from "./attach.ts";
export type { ConnectionEventListener, ConnectionEvents } from "./sessions/connection-events.ts";
export { EngineConnection, EngineConnection as Socket } from "./sessions/engine-connection.ts";
export type { ShownPacket } from "./sessions/public-events.ts";
export { TransportView, TransportView as Transport } from "./sessions/transport-view.ts";
export type { TransportViewContext } from "./sessions/transport-view.ts";
export { transports } from "./transport/transports.ts";
export type { ConnectionContext, ConnectionSetup } from "./sessions/engine-connection.ts";
export type { OutboxLimits } from "./sessions/outbox-limits.ts";
export type {
  Connection,
  ConnectionListener,
  SendCallback,
  SendOptions,
  TopicSubscriber,
} from "./connection.ts";
export { Counters } from "./diagnostics/counters.ts";
export type { EngineCounters } from "./diagnostics/counters.ts";
export type { DropCause, EngineChannelName, EngineDiagnostics, RefusedCode } from "./diagnostics/channels.ts";
export { escaped, quoted } from "./escaped.ts";
export { ENGINE_ERRORS, EngineError } from "./errors.ts";
export type { EngineErrorCode } from "./errors.ts";
export type { Alarm, Clock, Flushable } from "./time/clock.ts";
export { TimerWheel } from "./time/timer-wheel.ts";
export type {
  BodyOutcome,
  Host,
  HostHandler,
  HostOptions,
  HostRequest,
  HostResponse,
  HttpExchange,
  TopicBus,
  UpgradeExchange,
  WebSocketListener,
  WebSocketPort,
  WireMessage,
} from "./host/host.ts";
export { NodeHost } from "./host/node/node-host.ts";
export type { NodeHostSettings } from "./host/node/node-host.ts";
export type { NodeServer, RequestListener, UpgradeListener } from "./host/node/claims/claim.ts";
export { createBareServer, listenWithAdvice } from "./host/node/bare-server.ts";
export type { WebSocketEngine, WebSocketEngineServer } from "./host/node/websocket/acceptor.ts";
export { codecFor } from "./protocol/codec/codec.ts";
export type { Codec, PacketCodec, PayloadCodec } from "./protocol/codec/codec.ts";
export type { Message, OutgoingPacket, PacketType, ReceivedPacket, Revision } from "./protocol/packet.ts";
export type { Sendable } from "./protocol/sendable.ts";
export { PreparedMessage } from "./protocol/prepared-message.ts";
export { GrowingBytes } from "./protocol/growing-bytes.ts";
export { CLOSE_CODES, CLOSE_STATUSES } from "./protocol/close-status.ts";
export type { CloseReason, CloseStatus } from "./protocol/close-status.ts";
export type { SessionConfig } from "./protocol/session/session-config.ts";
export type {
  Transport as SessionTransport,
  TransportListener,
  TransportName,
} from "./transport/transport.ts";
export { PollingTransport } from "./transport/polling.ts";
export type { PollingSettings } from "./transport/polling-settings.ts";
export { WebSocketTransport } from "./transport/websocket.ts";
export { WebTransportTransport } from "./transport/webtransport.ts";
export type { WebTransportSettings } from "./transport/webtransport.ts";
export type {
  ReadableSide,
  StreamReader,
  StreamWriter,
  WebTransportCloseInfo,
  WebTransportSession,
  WebTransportStream,
} from "./transport/webtransport-session.ts";
