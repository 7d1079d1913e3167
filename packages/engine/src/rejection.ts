import type { Refusal } from "./admission.ts";
import { ENGINE_ERRORS } from "./errors.ts";
import type { HostResponse } from "./host/host.ts";

function textOf(refusal: Refusal): string {
  const custom = refusal.context["message"];
  if (refusal.code === "FORBIDDEN" && typeof custom === "string") return custom;
  return ENGINE_ERRORS[refusal.code].message;
}

/** A refusal as the answer to an HTTP request (engine-protocol, "Errors"). */
export function httpRejection(refusal: Refusal): HostResponse {
  return {
    status: refusal.code === "FORBIDDEN" ? 403 : 400,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code: ENGINE_ERRORS[refusal.code].number, message: textOf(refusal) }),
  };
}

/** A refusal as the answer to an upgrade request: always 400, always plain text (engine-protocol, "WebSocket transport"). */
export function upgradeRejection(refusal: Refusal): HostResponse {
  return { status: 400, headers: { "Content-type": "text/html" }, body: textOf(refusal) };
}
