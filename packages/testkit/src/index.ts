export {};
export { adapterConformance, eventPacket, whom } from "./adapter-conformance.ts";
export { type Delivery, FakeLocalSocket, FakeLocalSockets } from "./fake-local-sockets.ts";
