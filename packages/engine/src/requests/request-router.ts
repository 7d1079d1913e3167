import { type AdmissionRequest, type Verdict, verify } from "./admission.ts";
import type { Refusal } from "../refusal.ts";
import type { Clock } from "../time/clock.ts";
import type { EngineConnection } from "../sessions/engine-connection.ts";
import { type ConnectionParts, type SessionOpenerContext, SessionOpener } from "./session-opener.ts";
import type { HostRequest, HttpExchange, TopicBus, UpgradeExchange } from "../host/host.ts";
import { type Middleware, type MiddlewareOutcome, runMiddlewares } from "../http/middleware.ts";
import { HANDSHAKE_TIMEOUT, PendingRequests, TOO_MANY_HANDSHAKES } from "./pending-requests.ts";
import { CLOSE_STATUSES } from "../protocol/close-status.ts";
import type { Parameters } from "../http/query.ts";
import type { SessionRegistry } from "../sessions/session-registry.ts";
import { type Exchange, refuse, UPGRADE_REFUSED, upgradeRejection } from "./refusal-response.ts";
import { parametersOf, exposedRequest } from "../http/request-query.ts";
import { rethrowLater } from "../time/rethrow-later.ts";
import { PollingTransport } from "../transport/polling.ts";
import type { Transport } from "../transport/transport.ts";
import { upgradeHeaders, webSocketTransport } from "./transport-factory.ts";

/** What the router needs of its engine. */
export interface RequestRouterContext extends SessionOpenerContext {
  readonly middlewares: readonly Middleware[];
}

/**
 * Returns the refusal for a middleware's error. The application gets the error; the client does
 * not.
 */
function middlewareRefusal({ error, thrown }: NonNullable<MiddlewareOutcome>): Refusal {
  const name = "MIDDLEWARE_FAILURE";
  return { code: "BAD_REQUEST", context: thrown ? { name, error } : { name } };
}

/**
 * Routes every request of an engine: through middlewares and admission, then to its session or into
 * a new one.
 */
export class RequestRouter {
  readonly #context: RequestRouterContext;
  readonly #registry: SessionRegistry;
  readonly #pending: PendingRequests;
  readonly #sessionOpener: SessionOpener;

  constructor(owner: RequestRouterContext, registry: SessionRegistry, clock: Clock) {
    this.#context = owner;
    this.#registry = registry;
    this.#pending = new PendingRequests(owner.options, clock);
    this.#sessionOpener = new SessionOpener(owner, registry, clock, this.#pending);
  }

  /** Discards the handshakes in progress, which are then refused. */
  reset(): void {
    this.#sessionOpener.reset();
  }

  /** Opens and registers a session, without emitting `connection` yet. */
  connect(parts: ConnectionParts): EngineConnection {
    return this.#sessionOpener.connect(parts);
  }

  onRequest(exchange: HttpExchange, topics: TopicBus | undefined): void {
    if (this.#isTooLong(exchange)) return;
    if (this.#context.middlewares.length === 0) this.#route(exchange, topics);
    else this.#runMiddlewares(exchange, () => this.#route(exchange, topics)).catch(rethrowLater);
  }

  onUpgrade(exchange: UpgradeExchange, topics: TopicBus | undefined): void {
    if (this.#isTooLong(exchange)) return;
    if (this.#context.middlewares.length === 0) this.#routeUpgrade(exchange, topics);
    else this.#runMiddlewares(exchange, () => this.#routeUpgrade(exchange, topics)).catch(rethrowLater);
  }

  /** Whether the URL is too long; if so, the request has been refused. */
  #isTooLong(exchange: Exchange): boolean {
    const { length } = exchange.request.url;
    const limit = this.#context.options.maxUrlLength;
    if (length <= limit) return false;
    this.#refuse(exchange, { code: "URL_TOO_LONG", context: { limit, length } });
    return true;
  }

  async #runMiddlewares(exchange: Exchange, proceed: () => void): Promise<void> {
    const { outgoing } = exchange;
    // A middleware that has started a response is not timed out.
    const pending = this.#pending.begin(outgoing, () => {
      if (!outgoing.headersSent) this.#refuse(exchange, HANDSHAKE_TIMEOUT);
    });
    if (pending === undefined) return this.#refuse(exchange, TOO_MANY_HANDSHAKES);
    const outcome = await runMiddlewares(
      this.#context.middlewares,
      exposedRequest(exchange.request),
      outgoing,
    );
    pending.end();
    if (exchange.ended) return;
    if (outcome === undefined) proceed();
    else this.#refuse(exchange, middlewareRefusal(outcome));
  }

  #verdict(request: HostRequest, parameters: Parameters, upgrade: boolean): Verdict<EngineConnection> {
    const { origin } = request.headers;
    const admission: AdmissionRequest = { method: request.method, parameters, origin, upgrade };
    return verify(admission, this.#context.options.transports, (sid) => this.#registry.find(sid));
  }

  #route(exchange: HttpExchange, topics: TopicBus | undefined): void {
    const parameters = parametersOf(exchange.request);
    const verdict = this.#verdict(exchange.request, parameters, false);
    switch (verdict.kind) {
      case "refused":
        return this.#refuse(exchange, verdict.refusal);
      case "known":
        return this.#toSession(exchange, verdict.session.currentTransport);
      case "handshake":
        this.#sessionOpener.onRequest(exchange, parameters, topics);
    }
  }

  #routeUpgrade(exchange: UpgradeExchange, topics: TopicBus | undefined): void {
    const parameters = parametersOf(exchange.request);
    const verdict = this.#verdict(exchange.request, parameters, true);
    switch (verdict.kind) {
      case "refused":
        return this.#refuse(exchange, verdict.refusal);
      case "known":
        return this.#probe(exchange, parameters, verdict.session);
      case "handshake":
        this.#sessionOpener.onUpgrade(exchange, parameters, topics);
    }
  }

  #toSession(exchange: HttpExchange, transport: Transport): void {
    if (transport instanceof PollingTransport) transport.onRequest(exchange);
    else exchange.respond({ status: 500 });
  }

  /**
   * Upgrades a session. A refused upgrade does not affect the session; it is counted as other
   * refusals, but emits no `connection_error`.
   */
  #probe(exchange: UpgradeExchange, parameters: Parameters, connection: EngineConnection): void {
    if (!this.#context.options.allowUpgrades || !connection.upgradable) {
      const { code, context } = UPGRADE_REFUSED;
      this.#context.counters.refused(exposedRequest(exchange.request), code, context);
      exchange.refuse(upgradeRejection(UPGRADE_REFUSED));
      return;
    }
    exchange.accept(upgradeHeaders(exchange.request, false, this.#context), (port) => {
      const transport = webSocketTransport(port, parameters, connection.protocol);
      if (connection.probe(transport)) {
        transport.attach(connection);
        transport.start();
      } else transport.close(CLOSE_STATUSES.UPGRADE_REFUSED);
      return transport;
    });
  }

  #refuse(exchange: Exchange, refusal: Refusal): void {
    refuse(exchange, refusal, this.#context);
  }
}
