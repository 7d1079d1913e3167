import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** RFC 6455, section 1.3. */
const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Sixteen bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/**
 * Returns the key of a handshake for a WebSocket without subprotocols (RFC 6455, section 4.2.1), or
 * undefined for one with subprotocols and for an invalid handshake.
 */
export function plainHandshakeKey({ method, headers }: IncomingMessage): string | undefined {
  const key = headers["sec-websocket-key"];
  if (method !== "GET" || headers.upgrade?.toLowerCase() !== "websocket") return undefined;
  if (headers["sec-websocket-version"] !== "13" || headers["sec-websocket-protocol"] !== undefined)
    return undefined;
  return key !== undefined && KEY.test(key) ? key : undefined;
}

/**
 * Returns the response to a plain handshake (RFC 6455, section 4.2.2), with additional header
 * lines.
 */
export function switchingProtocols(key: string, lines: readonly string[]): string {
  const accept = createHash("sha1")
    .update(key + ACCEPT_SUFFIX)
    .digest("base64");
  const status = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade";
  return [`${status}\r\nSec-WebSocket-Accept: ${accept}`, ...lines, "\r\n"].join("\r\n");
}
