import type { Clock } from "../clock.ts";
import type { EngineConnection } from "../connection.ts";
import type { Middleware } from "../middleware.ts";
import type { ResolvedOptions } from "../options.ts";
import type { ReceivedPacket } from "../protocol/packet.ts";
import type { WebTransportTransport } from "../transport/webtransport.ts";
import { readOpeningRequest } from "./first-packet.ts";
import { type HandshakeJudge, WebTransportHandshake } from "./handshake.ts";
import { closeSession, ignore, type WebTransportSession } from "./session.ts";

/** What the acceptor asks of the engine it belongs to. */
export interface AcceptorOwner {
  readonly options: ResolvedOptions;
  /** They decide over requests, and a WebTransport session has none that they could see. */
  readonly middlewares: readonly Middleware[];
  find(sid: string): EngineConnection | undefined;
  /** True when there are as many sessions as there may be. */
  refusesSession(): boolean;
  /** Opens a session on the transport, without telling the application yet. */
  connect(transport: WebTransportTransport): EngineConnection;
  onConnection(connection: EngineConnection): void;
}

/**
 * The way of every WebTransport session into an engine: a new session, the upgrade of one, or out.
 *
 * What guards the engine's requests must not be passed by: with middlewares every session is closed, and with
 * `allowRequest`, which has no request to judge, those that do not continue a session that was allowed.
 */
export class WebTransportAcceptor implements HandshakeJudge {
  readonly #owner: AcceptorOwner;
  readonly #clock: Clock;
  readonly #pending = new Set<WebTransportHandshake>();

  constructor(owner: AcceptorOwner, clock: Clock) {
    this.#owner = owner;
    this.#clock = clock;
  }

  accept(session: WebTransportSession): void {
    const { options, middlewares } = this.#owner;
    if (middlewares.length > 0 || this.#pending.size >= options.maxPendingHandshakes) {
      // Whether and how it ended makes no difference to a session that was never wanted.
      session.closed.catch(ignore);
      closeSession(session).catch(ignore);
      return;
    }
    const settings = { maxPayload: options.maxHttpBufferSize, clock: this.#clock };
    const handshake = new WebTransportHandshake(session, settings, this);
    handshake.begin(this.#clock.now() + options.upgradeTimeout);
    this.#pending.add(handshake);
  }

  /** Ends the handshakes in progress. */
  reset(): void {
    for (const handshake of this.#pending) handshake.abandon();
  }

  onSettled(handshake: WebTransportHandshake): void {
    this.#pending.delete(handshake);
  }

  admit(transport: WebTransportTransport, first: ReceivedPacket): boolean {
    const request = readOpeningRequest(first);
    switch (request.kind) {
      case "handshake":
        return this.#open(transport);
      case "upgrade":
        return this.#upgrade(transport, request.sid);
      case "invalid":
        return false;
    }
  }

  #open(transport: WebTransportTransport): boolean {
    if (this.#owner.options.allowRequest !== undefined || this.#owner.refusesSession()) return false;
    const connection = this.#owner.connect(transport);
    transport.attach(connection);
    transport.start();
    this.#owner.onConnection(connection);
    return true;
  }

  /** WebTransport came after revision 3, so a session of that revision can't move to it. */
  #upgrade(transport: WebTransportTransport, sid: string): boolean {
    const connection = this.#owner.find(sid);
    if (connection?.protocol !== 4) return false;
    if (!this.#owner.options.allowUpgrades || !connection.upgradable) return false;
    if (!connection.probe(transport)) return false;
    transport.attach(connection);
    transport.start();
    return true;
  }
}
