import { PollingTransport } from "./polling.ts";
import { WebSocketTransport } from "./websocket.ts";
import { WebTransportTransport } from "./webtransport.ts";

/** The transports that the engine has, by the names that clients ask for. */
export const transports = {
  polling: PollingTransport,
  websocket: WebSocketTransport,
  webtransport: WebTransportTransport,
} as const;
