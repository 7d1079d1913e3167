import { CLOSE_CODES, CLOSE_STATUSES as ENGINE_STATUSES, type CloseStatus } from "@skein/engine";

const { PROTOCOL_ERROR, TIMEOUT } = CLOSE_CODES;
const { CLOSED, PARSE_ERROR } = ENGINE_STATUSES;

/**
 * Close statuses for causes of the server, in addition to the engine's. They are sent to clients on
 * WebSocket and WebTransport.
 */
export const CLOSE_STATUSES = {
  DISCONNECTED: CLOSED,
  PARSE_ERROR,
  CONNECTED_ALREADY: { code: PROTOCOL_ERROR, reason: "namespace joined already" },
  NOT_CONNECTED: { code: PROTOCOL_ERROR, reason: "namespace not joined" },
  UNEXPECTED_PACKET: { code: PROTOCOL_ERROR, reason: "unexpected packet" },
  ATTACHMENTS_MISSING: { code: TIMEOUT, reason: "attachment timeout" },
  RECOVERED_ELSEWHERE: { code: CLOSED.code, reason: "recovered on another connection" },
  CONNECT_TIMEOUT: { code: TIMEOUT, reason: "connect timeout" },
} as const satisfies Record<string, CloseStatus>;
