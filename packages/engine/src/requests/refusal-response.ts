import type { Refusal, RefusalCode } from "../refusal.ts";
import { ENGINE_ERRORS } from "../errors.ts";
import type { HostRequest, HostResponse, HttpExchange, UpgradeExchange } from "../host/host.ts";

/** Both kinds of exchange, as far as refusing goes. */
export type Exchange = HttpExchange | UpgradeExchange;

/** The refusal of a second wire by a session that exists and can't take it. */
export const UPGRADE_REFUSED: Refusal = { code: "BAD_REQUEST", context: { name: "UPGRADE_REFUSED" } };

/** Who hears of refusals. */
export interface RefusalListener {
  onRefused(request: HostRequest, refusal: Refusal): void;
}

function textOf(refusal: Refusal): string {
  const custom = refusal.context["message"];
  if (refusal.code === "FORBIDDEN" && typeof custom === "string") return custom;
  return ENGINE_ERRORS[refusal.code].message;
}

/** Limits say with their status whether it helps to come again; the protocol's own refusals know 400 and 403. */
const LIMIT_STATUS: Partial<Record<RefusalCode, number>> = {
  URL_TOO_LONG: 414,
  TOO_MANY_SESSIONS: 503,
  TOO_MANY_SESSIONS_OF_ADDRESS: 429,
  TOO_MANY_HANDSHAKES: 503,
  HANDSHAKE_TIMEOUT: 503,
};

/** A refusal as the answer to an HTTP request (engine-protocol, "Errors"). */
function httpRejection(refusal: Refusal): HostResponse {
  return {
    status: LIMIT_STATUS[refusal.code] ?? (refusal.code === "FORBIDDEN" ? 403 : 400),
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code: ENGINE_ERRORS[refusal.code].number, message: textOf(refusal) }),
  };
}

/** A refusal as the answer to an upgrade request: plain text, and 400 but for limits (engine-protocol, "WebSocket transport"). */
export function upgradeRejection(refusal: Refusal): HostResponse {
  const status = LIMIT_STATUS[refusal.code] ?? 400;
  return { status, headers: { "Content-type": "text/html" }, body: textOf(refusal) };
}

/** Tells of a refusal and answers with it. */
export function refuse(exchange: Exchange, refusal: Refusal, listener: RefusalListener): void {
  listener.onRefused(exchange.request, refusal);
  if ("respond" in exchange) exchange.respond(httpRejection(refusal));
  else exchange.refuse(upgradeRejection(refusal));
}
