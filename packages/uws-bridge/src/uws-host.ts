import type { Host, HostHandler, HostOptions } from "@skein/engine";
import { UwsHttpExchange } from "./http/http-exchange.ts";
import { LiveResponse } from "./http/live-response.ts";
import { type ResolvedOptions, resolveOptions, type UwsHostOptions, webSocketSettings } from "./options.ts";
import { RequestSnapshot } from "./http/request-snapshot.ts";
import { type RouteOwner, RouteTable } from "./route-table.ts";
import { UwsTopicBus } from "./websocket/topics.ts";
import { UwsUpgradeExchange } from "./websocket/upgrade-exchange.ts";
import type { UwsApp } from "./uws-types.ts";

/**
 * A host that runs the engine on a µWebSockets.js app. The caller owns the app and calls `listen`.
 *
 * µWebSockets.js matches paths exactly and can't unregister a route: after `close` the routes
 * remain and yield every request to the app's other routes. It does not report that an app was
 * closed, so `onHostClosed` is never called and the connections end one by one.
 */
export class UwsHost implements Host {
  readonly topics: UwsTopicBus;
  readonly #settings: ResolvedOptions;
  readonly #routes: RouteTable;
  #owner: (RouteOwner & { retired: boolean }) | undefined;

  /**
   * Throws `INVALID_OPTION` for a value on which µWebSockets.js would end the process, and
   * `INVALID_ARGUMENT` if `app` is not an app.
   */
  constructor(app: UwsApp, options: UwsHostOptions = {}) {
    this.#settings = resolveOptions(app, options);
    this.#routes = RouteTable.of(app);
    this.topics = new UwsTopicBus(app, this.#settings.compressFrom);
  }

  /**
   * Registers or claims the routes. Throws `ALREADY_ATTACHED` when another host serves the path on
   * the same app, `INVALID_STATE` when an earlier host used other WebSocket settings, and
   * `INVALID_OPTION` when options contradict the engine's.
   */
  serve(handler: HostHandler, options: HostOptions): void {
    this.close();
    const owner = this.#ownerFor(handler, options);
    this.#owner = owner;
    try {
      this.#claimRoutes(owner, options);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  retire(): void {
    if (this.#owner) this.#owner.retired = true;
  }

  close(): void {
    if (this.#owner) this.#routes.release(this.#owner);
    this.#owner = undefined;
  }

  #ownerFor(handler: HostHandler, options: HostOptions): RouteOwner & { retired: boolean } {
    const settings = this.#settings;
    const { maxPayload, path, owner = "an engine" } = options;
    return {
      title: `${owner} at "${path}"`,
      retired: false,
      onRequest(res, req) {
        const response = new LiveResponse(res);
        const request = new RequestSnapshot(res, req, settings);
        response.inHandler(() => handler.onRequest(new UwsHttpExchange(request, response, maxPayload)));
      },
      onUpgrade(res, req, context) {
        const response = new LiveResponse(res);
        const request = new RequestSnapshot(res, req, settings, "GET");
        response.inHandler(() =>
          handler.onUpgrade(new UwsUpgradeExchange(request, response, context, settings.compressFrom)),
        );
      },
    };
  }

  #claimRoutes(owner: RouteOwner, options: HostOptions): void {
    const { path, webSocket, maxBuffered } = options;
    const settings = webSocketSettings(this.#settings, options);
    const directory = path.endsWith("/") ? path : `${path}/`;
    this.#routes.claimRequests("any", path, owner);
    for (const name of this.#settings.files) this.#routes.claimRequests("get", directory + name, owner);
    if (!webSocket) return;
    this.#routes.claimWebSockets(path, owner, settings);
    this.topics.limit(Math.min(maxBuffered, settings.maxBackpressure));
  }
}

/**
 * Creates a host on a µWebSockets.js app, to be passed to the engine's `attachHost`. The caller
 * calls `app.listen`, before or after. Throws `INVALID_OPTION` or `INVALID_ARGUMENT`, as the
 * constructor does.
 */
export function uwsHost(app: UwsApp, options: UwsHostOptions = {}): UwsHost {
  return new UwsHost(app, options);
}
