import { isFieldValue } from "../http/field-value.ts";
import type { Revision } from "../protocol/packet.ts";
import type { Parameters } from "../http/query.ts";
import type { Refusal, RefusalCode } from "../refusal.ts";
import type { TransportName } from "../transport/transport.ts";

/** The parts of a request that are verified before it has any effect. */
export interface AdmissionRequest {
  readonly method: string;
  readonly parameters: Parameters;
  readonly origin: string | undefined;
  /** True for a request to switch to WebSocket. */
  readonly upgrade: boolean;
}

/** The properties of a session that admission needs. */
export interface AdmissibleSession {
  readonly protocol: Revision;
  readonly transportName: TransportName;
}

export type Verdict<Session extends AdmissibleSession> =
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "known"; readonly session: Session }
  | { readonly kind: "handshake"; readonly revision: Revision };

/** Returns the protocol revision of a request: only "4" means 4. */
export function revisionOf(parameters: Parameters): Revision {
  return parameters.EIO === "4" ? 4 : 3;
}

function refused(code: RefusalCode, context: Refusal["context"]): { kind: "refused"; refusal: Refusal } {
  return { kind: "refused", refusal: { code, context } };
}

function verifyKnown<Session extends AdmissibleSession>(
  request: AdmissionRequest,
  session: Session,
): Verdict<Session> {
  const transport = request.parameters.transport;
  const expected = request.upgrade ? "websocket" : session.transportName;
  if (transport !== expected) {
    const previousTransport = session.transportName;
    return refused("BAD_REQUEST", { name: "TRANSPORT_MISMATCH", transport, previousTransport });
  }
  const protocol = revisionOf(request.parameters);
  if (protocol !== session.protocol) {
    const previousProtocol = session.protocol;
    return refused("BAD_REQUEST", { name: "PROTOCOL_MISMATCH", protocol, previousProtocol });
  }
  return { kind: "known", session };
}

function verifyHandshake<Session extends AdmissibleSession>(request: AdmissionRequest): Verdict<Session> {
  const { method, parameters, upgrade } = request;
  if (method !== "GET") return refused("BAD_HANDSHAKE_METHOD", { method });
  if (upgrade !== (parameters.transport === "websocket")) {
    return refused("BAD_REQUEST", { name: "TRANSPORT_HANDSHAKE_ERROR" });
  }
  return { kind: "handshake", revision: revisionOf(parameters) };
}

/**
 * Decides on a request, in the order of engine-protocol, "Errors": transport, origin, then its
 * session or its handshake. `find` returns a session by its id.
 */
export function verify<Session extends AdmissibleSession>(
  request: AdmissionRequest,
  transports: readonly string[],
  find: (sid: string) => Session | undefined,
): Verdict<Session> {
  const { parameters, origin } = request;
  const transport = parameters.transport;
  if (transport === undefined || transport === "webtransport" || !transports.includes(transport)) {
    return refused("UNKNOWN_TRANSPORT", { transport });
  }
  if (origin !== undefined && !isFieldValue(origin)) {
    return refused("BAD_REQUEST", { name: "INVALID_ORIGIN", origin });
  }
  const sid = parameters.sid;
  if (sid === undefined || sid === "") return verifyHandshake(request);
  const session = find(sid);
  return session === undefined ? refused("UNKNOWN_SID", { sid }) : verifyKnown(request, session);
}
