export { adapterConformance } from "./adapter-conformance.ts";
export { eventPacket, whom } from "./adapter-conformance/packets.ts";
export { type Delivery, FakeLocalSocket, FakeLocalSockets } from "./fake-local-sockets.ts";
export { Arrivals } from "./arrivals.ts";
export { standStill } from "./distant-clients.ts";
export { FakeClock } from "./fake-clock.ts";
export { hostConformance } from "./host-conformance.ts";
export type { HostCapability, HostHarness, RunningHost } from "./host-conformance/host-under-test.ts";
export type {
  ClientClose,
  ClientRequest,
  ClientResponse,
  ClientWebSocket,
  HostClient,
  PendingRequest,
  WebSocketAttempt,
} from "./host-client.ts";
export { networkClient } from "./network-client.ts";
export { MemoryTransport } from "./memory-transport.ts";
export {
  exchangeBytes,
  exchangeText,
  maskedFrame,
  type RawFrame,
  RawPolling,
  type RawResponse,
  RawWebSocket,
  SEPARATOR,
} from "./raw-client.ts";
export { memoryHeld } from "./memory-held.ts";
export { MemoryHost } from "./memory-host.ts";
export { MemoryExchange } from "./memory-exchange.ts";
export { MemoryWebSocket } from "./memory-websocket.ts";
export {
  transportConformance,
  type TransportHarness,
  type TransportPeer,
  type WiredTransport,
} from "./transport-conformance.ts";
export { type EngineHarness, throwingListeners } from "./throwing-listeners.ts";
export { stalledLoop, type StalledLoopHarness } from "./stalled-loop.ts";
export { uncaughtErrors } from "./uncaught-errors.ts";
export { type ClockHarness, clockConformance } from "./clock-conformance.ts";
export { type ParserLimits, parserConformance } from "./parser-conformance.ts";
export { type MemoryStream, MemoryWebTransport, type SessionCensus } from "./memory-webtransport.ts";
export { type Credentials, selfSignedCredentials, withCredentialFiles } from "./credentials.ts";
export {
  type Behaves,
  BehaviourSuites,
  type Comparable,
  type Suite,
  type Worlds,
} from "./behaviour-suite.ts";
export { CHROMIUM, hasChromium } from "./chromium.ts";
export { CookieJar, cookiesOf } from "./cookie-jar.ts";
