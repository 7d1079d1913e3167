import type { OutgoingHttpHeaders } from "node:http";
import { revisionOf } from "./admission.ts";
import type { Refusal } from "../refusal.ts";
import type { Clock } from "../time/clock.ts";
import { type ConnectionContext, EngineConnection } from "../sessions/engine-connection.ts";
import { sessionCookie } from "../http/session-cookie.ts";
import {
  decideAtOnce,
  decideHandshake,
  firstPackets,
  type HandshakeDecision,
  type HandshakePolicy,
  idRefusal,
  idTaken,
  SessionTerms,
} from "./session-terms.ts";
import type { HostRequest, HttpExchange, TopicBus, UpgradeExchange } from "../host/host.ts";
import type { ResolvedOptions } from "../options.ts";
import { HANDSHAKE_TIMEOUT, type PendingRequests, TOO_MANY_HANDSHAKES } from "./pending-requests.ts";
import { CLOSE_STATUSES } from "../protocol/close-status.ts";
import type { Revision } from "../protocol/packet.ts";
import type { Parameters } from "../http/query.ts";
import type { SessionRegistry } from "../sessions/session-registry.ts";
import { type Exchange, refuse, type RefusalListener } from "./refusal-response.ts";
import { exposedRequest } from "../http/request-query.ts";
import { rethrowLater } from "../time/rethrow-later.ts";
import type { PollingSettings } from "../transport/polling-settings.ts";
import type { Transport } from "../transport/transport.ts";
import {
  pollingTransport,
  SharedPollingSettings,
  upgradeHeaders,
  webSocketTransport,
  type TransportFactoryContext,
} from "./transport-factory.ts";

/** What handshakes need of their engine. */
export interface SessionOpenerContext
  extends ConnectionContext,
    HandshakePolicy,
    RefusalListener,
    TransportFactoryContext {
  readonly options: ResolvedOptions;
  isTaken(id: string): boolean;
  onConnection(connection: EngineConnection): void;
}

/** The parts of a connection that differ between sessions. */
export interface ConnectionParts {
  readonly id: string;
  readonly revision: Revision;
  readonly request: HostRequest | undefined;
  readonly transport: Transport;
  readonly topics: TopicBus | undefined;
}

/** Opens sessions for well-formed handshake requests (engine-protocol, "Handshake"). */
export class SessionOpener {
  readonly #context: SessionOpenerContext;
  readonly #registry: SessionRegistry;
  readonly #clock: Clock;
  readonly #pending: PendingRequests;
  readonly #polling: PollingSettings;
  readonly #terms: SessionTerms;
  /**
   * Incremented on reset: handshakes that began before the engine was closed must not open sessions
   * after it.
   */
  #generation = 0;

  constructor(
    owner: SessionOpenerContext,
    registry: SessionRegistry,
    clock: Clock,
    pending: PendingRequests,
  ) {
    this.#context = owner;
    this.#registry = registry;
    this.#clock = clock;
    this.#pending = pending;
    this.#polling = new SharedPollingSettings(owner, clock);
    this.#terms = new SessionTerms(owner.options);
  }

  /** Discards the handshakes in progress, which are then refused. */
  reset(): void {
    this.#generation += 1;
  }

  onRequest(exchange: HttpExchange, parameters: Parameters, topics: TopicBus | undefined): void {
    this.#admit(exchange, parameters, (id) => this.#openPolling(id, exchange, parameters, topics));
  }

  onUpgrade(exchange: UpgradeExchange, parameters: Parameters, topics: TopicBus | undefined): void {
    this.#admit(exchange, parameters, (id) => this.#openWebSocket(id, exchange, parameters, topics));
  }

  /** Opens and registers a session, without emitting `connection` yet. */
  connect(parts: ConnectionParts): EngineConnection {
    const { id, revision, request, transport, topics } = parts;
    const { options } = this.#context;
    const terms = this.#terms.for(revision);
    const connection = new EngineConnection({
      id,
      request,
      transport,
      config: terms.config,
      limits: options,
      clock: this.#clock,
      context: this.#context,
      topics,
    });
    this.#registry.add(connection);
    this.#context.counters.opened(connection, transport.name);
    connection.open(firstPackets(id, transport.name, terms, options));
    return connection;
  }

  /**
   * Calls `open` with a session id, or ends the exchange. The session must open at once, while its
   * place is free; without a middleware or hook to await, neither a promise nor a timer is created.
   */
  #admit(exchange: Exchange, parameters: Parameters, open: (id: string) => void): void {
    const revision = revisionOf(parameters);
    const refusal = this.#capacityRefusal(exchange);
    if (refusal !== undefined) return refuse(exchange, refusal, this.#context);
    const decision = decideAtOnce(revision, this.#context);
    if (decision === undefined) {
      this.#ask(exchange, revision, open).catch(rethrowLater);
      return;
    }
    try {
      this.#conclude(exchange, decision, open);
    } catch (error) {
      rethrowLater(error);
    }
  }

  async #ask(exchange: Exchange, revision: Revision, open: (id: string) => void): Promise<void> {
    const era = this.#generation;
    const pending = this.#pending.begin(undefined, () => refuse(exchange, HANDSHAKE_TIMEOUT, this.#context));
    if (pending === undefined) return refuse(exchange, TOO_MANY_HANDSHAKES, this.#context);
    const decision = await decideHandshake(exposedRequest(exchange.request), revision, this.#context);
    pending.end();
    if (exchange.ended) return;
    // Checked again, because other sessions may have opened in the meantime.
    const refusal = "id" in decision ? this.#capacityRefusal(exchange) : undefined;
    if (era !== this.#generation && "id" in decision && refusal === undefined) exchange.destroy();
    else this.#conclude(exchange, refusal === undefined ? decision : { refusal }, open);
  }

  #conclude(exchange: Exchange, decision: HandshakeDecision, open: (id: string) => void): void {
    if ("refusal" in decision) refuse(exchange, decision.refusal, this.#context);
    else if (this.#context.isTaken(decision.id)) refuse(exchange, idTaken(), this.#context);
    else open(decision.id);
  }

  #openPolling(
    id: string,
    exchange: HttpExchange,
    parameters: Parameters,
    topics: TopicBus | undefined,
  ): void {
    const revision = revisionOf(parameters);
    const initialHeaders = this.#initialHeaders(exchange, id);
    if (initialHeaders === undefined) return;
    const transport = pollingTransport(parameters, revision, initialHeaders, this.#polling);
    const connection = this.connect({ id, revision, request: exchange.request, transport, topics });
    transport.attach(connection);
    transport.onRequest(exchange);
    this.#context.onConnection(connection);
  }

  #openWebSocket(
    id: string,
    exchange: UpgradeExchange,
    parameters: Parameters,
    topics: TopicBus | undefined,
  ): void {
    const revision = revisionOf(parameters);
    exchange.accept(upgradeHeaders(exchange.request, true, this.#context), (port) => {
      const transport = webSocketTransport(port, parameters, revision);
      if (this.#context.isTaken(id)) {
        transport.close(CLOSE_STATUSES.ID_IN_USE);
        return transport;
      }
      const connection = this.connect({ id, revision, request: exchange.request, transport, topics });
      transport.attach(connection);
      transport.start();
      this.#context.onConnection(connection);
      return transport;
    });
  }

  /** Returns undefined when the exchange was refused, because its id can't be sent in a cookie. */
  #initialHeaders(exchange: HttpExchange, id: string): OutgoingHttpHeaders | undefined {
    try {
      const cookie = sessionCookie(this.#context.options.cookie, id);
      return cookie === undefined ? {} : { "Set-Cookie": [cookie] };
    } catch (error) {
      refuse(exchange, idRefusal(error), this.#context);
      return undefined;
    }
  }

  #capacityRefusal(exchange: Exchange): Refusal | undefined {
    return this.#registry.refusalFor(exchange.request);
  }
}
