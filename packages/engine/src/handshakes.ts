import type { OutgoingHttpHeaders } from "node:http";
import { type Refusal, revisionOf } from "./admission.ts";
import type { Clock } from "./clock.ts";
import { type ConnectionOwner, EngineConnection } from "./connection.ts";
import { sessionCookie } from "./cookie.ts";
import {
  decideHandshake,
  firstPackets,
  type HandshakeDecision,
  type HandshakePolicy,
  idRefusal,
  idTaken,
  SessionConfigs,
} from "./handshake.ts";
import type { HostRequest, HttpExchange, TopicBus, UpgradeExchange } from "./host/host.ts";
import type { ResolvedOptions } from "./options.ts";
import { HANDSHAKE_TIMEOUT, type PendingDecisions, TOO_MANY_HANDSHAKES } from "./pending-decisions.ts";
import { CLOSE_STATUSES } from "./protocol/closing.ts";
import type { Revision } from "./protocol/packet.ts";
import type { Query } from "./query.ts";
import type { Registry } from "./registry.ts";
import { type Exchange, refuse, type RefusalListener } from "./rejection.ts";
import { shownRequest } from "./request-query.ts";
import { rethrowLater } from "./rethrow.ts";
import type { Transport } from "./transport/transport.ts";
import { pollingTransport, upgradeHeaders, webSocketTransport, type WireOwner } from "./wires.ts";

/** What handshakes ask of the engine they belong to. */
export interface HandshakeOwner extends ConnectionOwner, HandshakePolicy, RefusalListener, WireOwner {
  readonly options: ResolvedOptions;
  isTaken(id: string): boolean;
  onConnection(connection: EngineConnection): void;
}

/** What differs between the sessions of an engine. */
export interface ConnectionParts {
  readonly id: string;
  readonly revision: Revision;
  readonly request: HostRequest | undefined;
  readonly transport: Transport;
  readonly topics: TopicBus | undefined;
}

/** From a well-formed handshake request to an open session (engine-protocol, "Handshake"). */
export class Handshakes {
  readonly #owner: HandshakeOwner;
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #pending: PendingDecisions;
  readonly #configs: SessionConfigs;
  /** Handshakes that began before the engine was closed must not open sessions after it. */
  #era = 0;

  constructor(owner: HandshakeOwner, registry: Registry, clock: Clock, pending: PendingDecisions) {
    this.#owner = owner;
    this.#registry = registry;
    this.#clock = clock;
    this.#pending = pending;
    this.#configs = new SessionConfigs(owner.options);
  }

  /** Forgets the handshakes in progress: they will be refused. */
  reset(): void {
    this.#era += 1;
  }

  onRequest(exchange: HttpExchange, query: Query, topics: TopicBus | undefined): void {
    this.#openPolling(exchange, query, topics).catch(rethrowLater);
  }

  onUpgrade(exchange: UpgradeExchange, query: Query, topics: TopicBus | undefined): void {
    this.#openWebSocket(exchange, query, topics).catch(rethrowLater);
  }

  /** Opens a session and registers it; the application is not told yet. */
  connect(parts: ConnectionParts): EngineConnection {
    const { id, revision, request, transport, topics } = parts;
    const { options } = this.#owner;
    const config = this.#configs.for(revision);
    const connection = new EngineConnection({
      id,
      request,
      transport,
      config,
      limits: options,
      clock: this.#clock,
      owner: this.#owner,
      topics,
    });
    this.#registry.add(connection);
    this.#owner.journal.opened(connection, transport.name);
    connection.open(firstPackets(id, transport.name, options));
    return connection;
  }

  async #openPolling(exchange: HttpExchange, query: Query, topics: TopicBus | undefined): Promise<void> {
    const revision = revisionOf(query);
    const era = this.#era;
    const decision = await this.#decide(exchange, revision);
    const id = this.#admitted(exchange, decision, era);
    if (id === undefined) return;
    const initialHeaders = this.#initialHeaders(exchange, id);
    if (initialHeaders === undefined) return;
    const transport = pollingTransport(query, revision, initialHeaders, this.#owner);
    const connection = this.connect({ id, revision, request: exchange.request, transport, topics });
    transport.attach(connection);
    transport.onRequest(exchange);
    this.#owner.onConnection(connection);
  }

  async #openWebSocket(exchange: UpgradeExchange, query: Query, topics: TopicBus | undefined): Promise<void> {
    const revision = revisionOf(query);
    const era = this.#era;
    const decision = await this.#decide(exchange, revision);
    const id = this.#admitted(exchange, decision, era);
    if (id === undefined) return;
    exchange.accept(upgradeHeaders(exchange.request, true, this.#owner), (port) => {
      const transport = webSocketTransport(port, query, revision);
      if (this.#owner.isTaken(id)) {
        transport.close(CLOSE_STATUSES.ID_IN_USE);
        return transport;
      }
      const connection = this.connect({ id, revision, request: exchange.request, transport, topics });
      transport.attach(connection);
      transport.start();
      this.#owner.onConnection(connection);
      return transport;
    });
  }

  /** Undefined when the exchange has been refused, for an id that no cookie can carry. */
  #initialHeaders(exchange: HttpExchange, id: string): OutgoingHttpHeaders | undefined {
    try {
      const cookie = sessionCookie(this.#owner.options.cookie, id);
      return cookie === undefined ? {} : { "Set-Cookie": [cookie] };
    } catch (error) {
      refuse(exchange, idRefusal(error), this.#owner);
      return undefined;
    }
  }

  /** The id of a session that must open at once, before another takes its place; otherwise the exchange has ended. */
  #admitted(exchange: Exchange, decision: HandshakeDecision, era: number): string | undefined {
    if (exchange.ended) return undefined;
    // Again, because others may have opened sessions in the meantime.
    const refusal = "refusal" in decision ? decision.refusal : this.#openingRefusal(exchange, decision.id);
    if (refusal !== undefined) refuse(exchange, refusal, this.#owner);
    else if (era !== this.#era) exchange.destroy();
    else if ("id" in decision) return decision.id;
    return undefined;
  }

  async #decide(exchange: Exchange, revision: Revision): Promise<HandshakeDecision> {
    const refusal = this.#capacityRefusal(exchange);
    if (refusal !== undefined) return { refusal };
    const pending = this.#pending.begin(undefined, () => refuse(exchange, HANDSHAKE_TIMEOUT, this.#owner));
    if (pending === undefined) return { refusal: TOO_MANY_HANDSHAKES };
    const decision = await decideHandshake(shownRequest(exchange.request), revision, this.#owner);
    pending.end();
    return decision;
  }

  #openingRefusal(exchange: Exchange, id: string): Refusal | undefined {
    if (this.#owner.isTaken(id)) return idTaken();
    return this.#capacityRefusal(exchange);
  }

  #capacityRefusal(exchange: Exchange): Refusal | undefined {
    return this.#registry.refusalFor(exchange.request.remoteAddress);
  }
}
