import { PollingTransport } from "./transport/polling.ts";
import { WebSocketTransport } from "./transport/websocket.ts";
import { WebTransportTransport } from "./transport/webtransport.ts";

/** The transports that the engine has, by the names that clients ask for. */
export const transports = {
  polling: PollingTransport,
  websocket: WebSocketTransport,
  webtransport: WebTransportTransport,
} as const;
