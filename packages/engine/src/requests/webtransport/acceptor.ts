import type { Refusal } from "../../refusal.ts";
import type { Clock } from "../../time/clock.ts";
import type { EngineConnection } from "../../sessions/engine-connection.ts";
import type { Middleware } from "../../http/middleware.ts";
import type { ResolvedOptions } from "../../options.ts";
import { HANDSHAKE_TIMEOUT, TOO_MANY_HANDSHAKES } from "../pending-requests.ts";
import { CLOSE_STATUSES, type CloseStatus } from "../../protocol/close-status.ts";
import type { ReceivedPacket } from "../../protocol/packet.ts";
import { UPGRADE_REFUSED } from "../refusal-response.ts";
import type { WebTransportTransport } from "../../transport/webtransport.ts";
import { readOpeningRequest } from "./opening-packet.ts";
import { type HandshakeContext, WebTransportHandshake } from "./handshake.ts";
import { closeSession, ignore, type WebTransportSession } from "../../transport/webtransport-session.ts";

/** What the acceptor needs of its engine. */
export interface AcceptorContext {
  readonly options: ResolvedOptions;
  /** Middlewares decide on requests; a WebTransport session has no request to pass to them. */
  readonly middlewares: readonly Middleware[];
  find(sid: string): EngineConnection | undefined;
  /** Returns why no session may open now; undefined if one may. */
  sessionRefusal(): Refusal | undefined;
  onRefused(refusal: Refusal): void;
  /** Opens a session on the transport, without emitting `connection` yet. */
  connect(transport: WebTransportTransport): EngineConnection;
  onConnection(connection: EngineConnection): void;
}

/** The refusal that is counted for a rejected session, and the status sent to its peer. */
interface Rejection {
  readonly refusal: Refusal;
  readonly status: CloseStatus;
}

const FORBIDDEN: Rejection = {
  refusal: { code: "FORBIDDEN", context: {} },
  status: CLOSE_STATUSES.FORBIDDEN,
};
const BUSY: Rejection = { refusal: TOO_MANY_HANDSHAKES, status: CLOSE_STATUSES.TOO_MANY_HANDSHAKES };
const INVALID_OPENING: Rejection = {
  refusal: { code: "BAD_REQUEST", context: { name: "TRANSPORT_HANDSHAKE_ERROR" } },
  status: CLOSE_STATUSES.INVALID_OPENING,
};
const NO_UPGRADE: Rejection = { refusal: UPGRADE_REFUSED, status: CLOSE_STATUSES.UPGRADE_REFUSED };
const TOO_LATE: Rejection = { refusal: HANDSHAKE_TIMEOUT, status: CLOSE_STATUSES.HANDSHAKE_TIMEOUT };

function unknownSession(sid: string): Rejection {
  return { refusal: { code: "UNKNOWN_SID", context: { sid } }, status: CLOSE_STATUSES.UNKNOWN_SID };
}

/**
 * Accepts WebTransport sessions: as a new session, as the upgrade of one, or not at all.
 *
 * The checks of requests must not be bypassed: with middlewares every session is closed; with
 * `allowRequest`, which has no request to check, every session that does not upgrade an allowed
 * one.
 */
export class WebTransportAcceptor implements HandshakeContext {
  readonly #context: AcceptorContext;
  readonly #clock: Clock;
  readonly #pending = new Set<WebTransportHandshake>();

  constructor(owner: AcceptorContext, clock: Clock) {
    this.#context = owner;
    this.#clock = clock;
  }

  accept(session: WebTransportSession): void {
    const { options, middlewares } = this.#context;
    if (middlewares.length > 0) return this.#turnAway(session, FORBIDDEN);
    if (this.#pending.size >= options.maxPendingHandshakes) return this.#turnAway(session, BUSY);
    const { maxHttpBufferSize: maxPayload, closeTimeout } = options;
    const settings = { maxPayload, closeTimeout, clock: this.#clock };
    const handshake = new WebTransportHandshake(session, settings, this);
    handshake.begin(this.#clock.now() + options.upgradeTimeout);
    this.#pending.add(handshake);
  }

  /** Ends the handshakes in progress. */
  reset(): void {
    for (const handshake of this.#pending) handshake.abandon(CLOSE_STATUSES.SERVER_CLOSED);
  }

  onSettled(handshake: WebTransportHandshake): void {
    this.#pending.delete(handshake);
  }

  onTimeout(): CloseStatus {
    return this.#refuse(TOO_LATE);
  }

  admit(transport: WebTransportTransport, first: ReceivedPacket): CloseStatus | undefined {
    const request = readOpeningRequest(first);
    switch (request.kind) {
      case "handshake":
        return this.#open(transport);
      case "upgrade":
        return this.#upgrade(transport, request.sid);
      case "invalid":
        return this.#refuse(INVALID_OPENING);
    }
  }

  /** Closes a session that is not accepted. The outcome of closing it does not matter. */
  #turnAway(session: WebTransportSession, rejection: Rejection): void {
    session.closed.catch(ignore);
    closeSession(session, this.#refuse(rejection)).catch(ignore);
  }

  #refuse({ refusal, status }: Rejection): CloseStatus {
    this.#context.onRefused(refusal);
    return status;
  }

  #open(transport: WebTransportTransport): CloseStatus | undefined {
    if (this.#context.options.allowRequest !== undefined) return this.#refuse(FORBIDDEN);
    const refusal = this.#context.sessionRefusal();
    if (refusal !== undefined) return this.#refuse({ refusal, status: CLOSE_STATUSES.TOO_MANY_SESSIONS });
    const connection = this.#context.connect(transport);
    transport.attach(connection);
    transport.start();
    this.#context.onConnection(connection);
    return undefined;
  }

  /**
   * Upgrades a session. WebTransport came after revision 3, so a session of that revision can't use
   * it.
   */
  #upgrade(transport: WebTransportTransport, sid: string): CloseStatus | undefined {
    const connection = this.#context.find(sid);
    if (connection === undefined) return this.#refuse(unknownSession(sid));
    const allowed = this.#context.options.allowUpgrades && connection.protocol === 4 && connection.upgradable;
    if (!allowed || !connection.probe(transport)) return this.#refuse(NO_UPGRADE);
    transport.attach(connection);
    transport.start();
    return undefined;
  }
}
