import type { Refusal, RefusalCode } from "../refusal.ts";
import { ENGINE_ERRORS } from "../errors.ts";
import type { HostRequest, HostResponse, HttpExchange, UpgradeExchange } from "../host/host.ts";

/** An exchange of either kind, which can be refused. */
export type Exchange = HttpExchange | UpgradeExchange;

/** The refusal of a second transport by an existing session that can't accept it. */
export const UPGRADE_REFUSED: Refusal = { code: "BAD_REQUEST", context: { name: "UPGRADE_REFUSED" } };

/** Receives refusals. */
export interface RefusalListener {
  onRefused(request: HostRequest, refusal: Refusal): void;
}

function textOf(refusal: Refusal): string {
  const custom = refusal.context["message"];
  if (refusal.code === "FORBIDDEN" && typeof custom === "string") return custom;
  return ENGINE_ERRORS[refusal.code].message;
}

/**
 * The status of limits, which shows whether a retry helps; the protocol's own refusals use 400 and
 * 403.
 */
const LIMIT_STATUS: Partial<Record<RefusalCode, number>> = {
  URL_TOO_LONG: 414,
  TOO_MANY_SESSIONS: 503,
  TOO_MANY_SESSIONS_OF_ADDRESS: 429,
  TOO_MANY_HANDSHAKES: 503,
  HANDSHAKE_TIMEOUT: 503,
};

/** Returns a refusal as the response to an HTTP request (engine-protocol, "Errors"). */
function httpRejection(refusal: Refusal): HostResponse {
  return {
    status: LIMIT_STATUS[refusal.code] ?? (refusal.code === "FORBIDDEN" ? 403 : 400),
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code: ENGINE_ERRORS[refusal.code].number, message: textOf(refusal) }),
  };
}

/**
 * Returns a refusal as the response to an upgrade request: plain text, and 400 except for limits
 * (engine-protocol, "WebSocket transport").
 */
export function upgradeRejection(refusal: Refusal): HostResponse {
  const status = LIMIT_STATUS[refusal.code] ?? 400;
  return { status, headers: { "Content-type": "text/html" }, body: textOf(refusal) };
}

/** Reports a refusal and sends it as the response. */
export function refuse(exchange: Exchange, refusal: Refusal, listener: RefusalListener): void {
  listener.onRefused(exchange.request, refusal);
  if ("respond" in exchange) exchange.respond(httpRejection(refusal));
  else exchange.refuse(upgradeRejection(refusal));
}
