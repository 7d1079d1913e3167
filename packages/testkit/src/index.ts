export { adapterConformance } from "./adapter/adapter-conformance.ts";
export { eventPacket, whom } from "./adapter/packets.ts";
export { type Delivery, FakeLocalSocket, FakeLocalSockets } from "./fakes/fake-local-sockets.ts";
export { Arrivals } from "./arrivals.ts";
export { blockEventLoop } from "./clients/worker-clients.ts";
export { FakeClock } from "./fakes/fake-clock.ts";
export { hostConformance } from "./host/host-conformance.ts";
export type { HostCapability, HostHarness, RunningHost } from "./host/host-under-test.ts";
export type {
  ClientClose,
  ClientRequest,
  ClientResponse,
  ClientWebSocket,
  HostClient,
  PendingRequest,
  WebSocketAttempt,
} from "./clients/host-client.ts";
export { networkClient } from "./clients/network-client.ts";
export { MemoryTransport } from "./fakes/memory-transport.ts";
export {
  exchangeBytes,
  exchangeText,
  maskedFrame,
  type RawFrame,
  RawPolling,
  type RawResponse,
  RawWebSocket,
  SEPARATOR,
} from "./clients/raw-client.ts";
export { memoryHeld } from "./process/memory-held.ts";
export { MemoryHost } from "./fakes/memory-host.ts";
export { MemoryExchange } from "./fakes/memory-exchange.ts";
export { MemoryWebSocket } from "./fakes/memory-websocket.ts";
export {
  transportConformance,
  type TransportHarness,
  type TransportPeer,
  type WiredTransport,
} from "./transport/transport-conformance.ts";
export { type EngineHarness, throwingListeners } from "./suites/throwing-listeners.ts";
export { stalledLoop, type StalledLoopHarness } from "./suites/stalled-loop.ts";
export { uncaughtErrors } from "./process/uncaught-errors.ts";
export { type ClockHarness, clockConformance } from "./clock/clock-conformance.ts";
export { type ParserLimits, parserConformance } from "./parser/parser-conformance.ts";
export { type MemoryStream, MemoryWebTransport, type SessionCensus } from "./fakes/memory-webtransport.ts";
export { type Credentials, selfSignedCredentials, withCredentialFiles } from "./process/credentials.ts";
export {
  type Behaves,
  BehaviourSuites,
  type Comparable,
  type Suite,
  type Worlds,
} from "./suites/behaviour-suite.ts";
export { CHROMIUM, hasChromium } from "./clients/chromium.ts";
export { CookieJar, cookiesOf } from "./clients/cookie-jar.ts";
