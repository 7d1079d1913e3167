import type { OutgoingHttpHeaders } from "node:http";
import { type AdmissionRequest, type Refusal, revisionOf, type Verdict, verify } from "./admission.ts";
import type { Clock } from "./clock.ts";
import { type ConnectionOwner, EngineConnection } from "./connection.ts";
import { sessionCookie } from "./cookie.ts";
import {
  decideHandshake,
  firstPackets,
  type HandshakeDecision,
  type HandshakePolicy,
  idTaken,
  sessionConfig,
} from "./handshake.ts";
import type { HostRequest, HttpExchange, TopicBus, UpgradeExchange, WebSocketPort } from "./host/host.ts";
import { type Middleware, runMiddlewares } from "./middleware.ts";
import type { ResolvedOptions } from "./options.ts";
import { PendingDecisions } from "./pending-decisions.ts";
import { type Codec, codecFor } from "./protocol/codec.ts";
import { jsonpCodec } from "./protocol/jsonp.ts";
import type { Revision } from "./protocol/packet.ts";
import type { Query } from "./query.ts";
import type { Registry } from "./registry.ts";
import { httpRejection, upgradeRejection } from "./rejection.ts";
import { offerQuery, queryOf } from "./request-query.ts";
import { rethrowLater } from "./rethrow.ts";
import { type PollingSettings, PollingTransport } from "./transport/polling.ts";
import type { Transport } from "./transport/transport.ts";
import { WebSocketTransport } from "./transport/websocket.ts";

/** What the gateway asks of the engine it belongs to. */
export interface GatewayOwner extends ConnectionOwner, HandshakePolicy {
  readonly options: ResolvedOptions;
  readonly middlewares: readonly Middleware[];
  isTaken(id: string): boolean;
  onConnection(connection: EngineConnection): void;
  onRefused(request: HostRequest, refusal: Refusal): void;
  onHeaders(headers: OutgoingHttpHeaders, request: HostRequest, initial: boolean): void;
}

const TOO_MANY_HANDSHAKES: Refusal = { code: "TOO_MANY_HANDSHAKES", context: {} };
const HANDSHAKE_TIMEOUT: Refusal = { code: "HANDSHAKE_TIMEOUT", context: {} };
const UPGRADE_REFUSED: Refusal = { code: "BAD_REQUEST", context: { name: "UPGRADE_REFUSED" } };
const MIDDLEWARE_FAILURE: Refusal = { code: "BAD_REQUEST", context: { name: "MIDDLEWARE_FAILURE" } };

/** What differs between the sessions of an engine. */
export interface ConnectionParts {
  readonly id: string;
  readonly revision: Revision;
  readonly request: HostRequest | undefined;
  readonly transport: Transport;
  readonly topics: TopicBus | undefined;
}

/** Both kinds of exchange, as far as refusing goes. */
type Exchange = HttpExchange | UpgradeExchange;

function isBase64Only(query: Query): boolean {
  return query["b64"] !== undefined && query["b64"] !== "";
}

/** How a polling session writes: for old browsers as scripts, which the first request decides for all. */
function pollingCodec(query: Query, revision: Revision): Codec {
  const { j: index } = query;
  return index === undefined ? codecFor(revision) : jsonpCodec(codecFor(revision), index);
}

/** The way of every request through an engine: middlewares, admission, then to its session or into a new one. */
export class Gateway {
  readonly #owner: GatewayOwner;
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #pending: PendingDecisions;
  /** Handshakes that began before the engine was closed must not open sessions after it. */
  #era = 0;

  constructor(owner: GatewayOwner, registry: Registry, clock: Clock) {
    this.#owner = owner;
    this.#registry = registry;
    this.#clock = clock;
    this.#pending = new PendingDecisions(owner.options, clock);
  }

  /** Forgets the handshakes in progress: they will be refused. */
  reset(): void {
    this.#era += 1;
  }

  onRequest(exchange: HttpExchange, topics: TopicBus | undefined): void {
    this.#afterMiddlewares(exchange, () => this.#route(exchange, topics));
  }

  onUpgrade(exchange: UpgradeExchange, topics: TopicBus | undefined): void {
    this.#afterMiddlewares(exchange, () => this.#routeUpgrade(exchange, topics));
  }

  #afterMiddlewares(exchange: Exchange, proceed: () => void): void {
    offerQuery(exchange.request.incoming);
    const { options, middlewares } = this.#owner;
    const { length } = exchange.request.url;
    if (length > options.maxUrlLength)
      this.#refuse(exchange, { code: "URL_TOO_LONG", context: { limit: options.maxUrlLength, length } });
    else if (middlewares.length === 0) proceed();
    else this.#runMiddlewares(exchange, proceed).catch(rethrowLater);
  }

  async #runMiddlewares(exchange: Exchange, proceed: () => void): Promise<void> {
    const { incoming } = exchange.request;
    const { outgoing } = exchange;
    // A middleware that has begun to answer may take its time.
    const pending = this.#pending.begin(outgoing, () => {
      if (!outgoing.headersSent) this.#refuse(exchange, HANDSHAKE_TIMEOUT);
    });
    if (pending === undefined) return this.#refuse(exchange, TOO_MANY_HANDSHAKES);
    const outcome = await runMiddlewares(this.#owner.middlewares, incoming, outgoing);
    pending.end();
    if (exchange.ended) return;
    if (outcome === undefined) proceed();
    else this.#refuse(exchange, MIDDLEWARE_FAILURE);
  }

  #verdict(request: HostRequest, query: Query, upgrade: boolean): Verdict<EngineConnection> {
    const { origin } = request.headers;
    const admission: AdmissionRequest = { method: request.method, query, origin, upgrade };
    return verify(admission, this.#owner.options.transports, (sid) => this.#registry.find(sid));
  }

  #route(exchange: HttpExchange, topics: TopicBus | undefined): void {
    const query = queryOf(exchange.request);
    const verdict = this.#verdict(exchange.request, query, false);
    switch (verdict.kind) {
      case "refused":
        return this.#refuse(exchange, verdict.refusal);
      case "known":
        return this.#toSession(exchange, verdict.session.currentTransport);
      case "handshake":
        this.#openPolling(exchange, query, topics).catch(rethrowLater);
    }
  }

  #routeUpgrade(exchange: UpgradeExchange, topics: TopicBus | undefined): void {
    const query = queryOf(exchange.request);
    const verdict = this.#verdict(exchange.request, query, true);
    switch (verdict.kind) {
      case "refused":
        return this.#refuse(exchange, verdict.refusal);
      case "known":
        return this.#probe(exchange, query, verdict.session);
      case "handshake":
        this.#openWebSocket(exchange, query, topics).catch(rethrowLater);
    }
  }

  #toSession(exchange: HttpExchange, transport: Transport): void {
    if (transport instanceof PollingTransport) transport.onRequest(exchange);
    else exchange.respond({ status: 500 });
  }

  /** A refused upgrade leaves the session alone. Unlike other refusals it is not reported. */
  #probe(exchange: UpgradeExchange, query: Query, connection: EngineConnection): void {
    if (!this.#owner.options.allowUpgrades || !connection.upgradable) {
      const { code, context } = UPGRADE_REFUSED;
      this.#owner.journal.refused(exchange.request.incoming, code, context);
      exchange.refuse(upgradeRejection(UPGRADE_REFUSED));
      return;
    }
    exchange.accept(this.#upgradeHeaders(exchange.request, false), (port) => {
      const transport = this.#webSocket(port, query, connection.protocol);
      if (connection.probe(transport)) {
        transport.attach(connection);
        transport.start();
      } else transport.close();
      return transport;
    });
  }

  async #openPolling(exchange: HttpExchange, query: Query, topics: TopicBus | undefined): Promise<void> {
    const revision = revisionOf(query);
    const era = this.#era;
    const decision = await this.#decide(exchange, revision);
    const id = this.#admitted(exchange, decision, era);
    if (id === undefined) return;
    const cookie = sessionCookie(this.#owner.options.cookie, id);
    const initialHeaders = cookie === undefined ? {} : { "Set-Cookie": [cookie] };
    const settings = this.#pollingSettings();
    const codec = pollingCodec(query, revision);
    const transport = new PollingTransport(codec, settings, isBase64Only(query), initialHeaders);
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
    exchange.accept(this.#upgradeHeaders(exchange.request, true), (port) => {
      const transport = this.#webSocket(port, query, revision);
      if (this.#owner.isTaken(id)) {
        transport.close();
        return transport;
      }
      const connection = this.connect({ id, revision, request: exchange.request, transport, topics });
      transport.attach(connection);
      transport.start();
      this.#owner.onConnection(connection);
      return transport;
    });
  }

  /** The id of a session that must open at once, before another takes its place; otherwise the exchange has ended. */
  #admitted(exchange: Exchange, decision: HandshakeDecision, era: number): string | undefined {
    if (exchange.ended) return undefined;
    // Again, because others may have opened sessions in the meantime.
    const refusal = "refusal" in decision ? decision.refusal : this.#openingRefusal(exchange, decision.id);
    if (refusal !== undefined) this.#refuse(exchange, refusal);
    else if (era !== this.#era) exchange.destroy();
    else if ("id" in decision) return decision.id;
    return undefined;
  }

  async #decide(exchange: Exchange, revision: Revision): Promise<HandshakeDecision> {
    const refusal = this.#capacityRefusal(exchange);
    if (refusal !== undefined) return { refusal };
    const pending = this.#pending.begin(undefined, () => this.#refuse(exchange, HANDSHAKE_TIMEOUT));
    if (pending === undefined) return { refusal: TOO_MANY_HANDSHAKES };
    const decision = await decideHandshake(exchange.request.incoming, revision, this.#owner);
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

  /** Opens a session and registers it; the application is not told yet. */
  connect(parts: ConnectionParts): EngineConnection {
    const { id, revision, request, transport, topics } = parts;
    const { options } = this.#owner;
    const config = sessionConfig(options, revision);
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

  #webSocket(port: WebSocketPort, query: Query, revision: Revision): WebSocketTransport {
    return new WebSocketTransport(codecFor(revision), port, isBase64Only(query));
  }

  #pollingSettings(): PollingSettings {
    const owner = this.#owner;
    return {
      maxHttpBufferSize: owner.options.maxHttpBufferSize,
      maxPacketsPerPayload: owner.options.maxPacketsPerPayload,
      httpCompression: owner.options.httpCompression,
      onHeaders: (headers, request, initial) => owner.onHeaders(headers, request, initial),
      onTooLarge: (request) => owner.journal.refused(request.incoming, "PAYLOAD_TOO_LARGE", {}),
    };
  }

  #upgradeHeaders(request: HostRequest, initial: boolean): OutgoingHttpHeaders {
    const headers: OutgoingHttpHeaders = {};
    this.#owner.onHeaders(headers, request, initial);
    return headers;
  }

  #refuse(exchange: Exchange, refusal: Refusal): void {
    this.#owner.onRefused(exchange.request, refusal);
    if ("respond" in exchange) exchange.respond(httpRejection(refusal));
    else exchange.refuse(upgradeRejection(refusal));
  }
}
