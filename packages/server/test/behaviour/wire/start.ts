import type { Transport } from "../transport.ts";
import { PollingWire } from "./polling-wire.ts";
import { WebSocketWire } from "./websocket-wire.ts";
import type { Wire } from "./wire.ts";

/** Opens a raw session the way `transport` says; `query` is appended to the handshake's URL. */
export function startWire(origin: string, transport: Transport, query = ""): Promise<Wire> {
  switch (transport) {
    case "websocket":
      return WebSocketWire.start(origin, query);
    case "polling":
      return PollingWire.start(origin, query);
    case "polling, then websocket":
      return WebSocketWire.upgrade(origin, query);
  }
}
