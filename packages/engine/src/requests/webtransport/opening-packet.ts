import type { ReceivedPacket } from "../../protocol/packet.ts";

/** The client's request in the first packet on its stream. */
export type OpeningRequest =
  | { readonly kind: "handshake" }
  | { readonly kind: "upgrade"; readonly sid: string }
  | { readonly kind: "invalid" };

const INVALID: OpeningRequest = { kind: "invalid" };

function sidOf(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && Object.hasOwn(value, "sid")
      ? Reflect.get(value, "sid")
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads the first packet (engine-protocol, "WebTransport"): `open`, with the id of the session to
 * upgrade or without data.
 */
export function readOpeningRequest(packet: ReceivedPacket): OpeningRequest {
  if (packet.type !== "open") return INVALID;
  if (packet.data === undefined) return { kind: "handshake" };
  const sid = typeof packet.data === "string" ? sidOf(packet.data) : undefined;
  return typeof sid === "string" && sid !== "" ? { kind: "upgrade", sid } : INVALID;
}
