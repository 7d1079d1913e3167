import { EngineError } from "@skein/engine";
import { Inbox } from "./websocket/inbox.ts";
import type { WebSocketSettings } from "./options.ts";
import type { UwsApp, UwsBehavior, UwsRequest, UwsResponse, UwsUpgradeContext } from "./uws-types.ts";
import { handleOpen, type PortData } from "./websocket/websocket-port.ts";

/** The handler of a route's requests. */
export interface RouteOwner {
  /** Name and path of the owner for error messages. */
  readonly title: string;
  /** True while another owner may take the route. */
  readonly retired: boolean;
  onRequest(res: UwsResponse, req: UwsRequest): void;
  onUpgrade(res: UwsResponse, req: UwsRequest, context: UwsUpgradeContext): void;
}

/** One route of an app and its current owner. */
class Route {
  readonly settings: string;
  owner: RouteOwner | undefined;

  constructor(settings: string) {
    this.settings = settings;
  }

  readonly onRequest = (res: UwsResponse, req: UwsRequest): void => {
    if (this.owner) this.owner.onRequest(res, req);
    else req.setYield(true);
  };

  readonly onUpgrade = (res: UwsResponse, req: UwsRequest, context: UwsUpgradeContext): void => {
    if (this.owner) this.owner.onUpgrade(res, req, context);
    else req.setYield(true);
  };
}

function behavior(settings: WebSocketSettings, route: Route): UwsBehavior<PortData> {
  const inbox = new Inbox();
  return {
    ...settings,
    closeOnBackpressureLimit: true,
    upgrade: route.onUpgrade,
    open: handleOpen,
    message: (socket, message, isBinary) =>
      socket.getUserData().port?.handleMessage(message, isBinary, inbox),
    dropped: (socket) => socket.getUserData().port?.handleDropped(),
    drain: (socket) => socket.getUserData().port?.handleDrain(),
    close: (socket, code, reason) => socket.getUserData().port?.handleClose(code, reason, inbox),
  };
}

function alreadyAttached(route: string, wanted: RouteOwner, holder: RouteOwner): EngineError {
  return new EngineError(
    "ALREADY_ATTACHED",
    `${wanted.title} can't be attached to this app of µWebSockets.js: ${holder.title} is attached to it and takes the ` +
      `same requests (route "${route}"). Detach or close that one first, or choose another path.`,
  );
}

const tables = new WeakMap<UwsApp, RouteTable>();

/**
 * The routes registered on one app. µWebSockets.js can't unregister a route, and some versions end
 * the process when a route is registered twice. Each route is therefore registered once, yields
 * requests while it has no owner, and may be claimed again. Claiming a route whose owner is not
 * retired throws `ALREADY_ATTACHED`.
 */
export class RouteTable {
  readonly #app: UwsApp;
  readonly #routes = new Map<string, Route>();

  private constructor(app: UwsApp) {
    this.#app = app;
  }

  static of(app: UwsApp): RouteTable {
    const table = tables.get(app) ?? new RouteTable(app);
    tables.set(app, table);
    return table;
  }

  claimRequests(method: "any" | "get", pattern: string, owner: RouteOwner): void {
    this.#claim(`${method} ${pattern}`, owner, "", (route) => this.#app[method](pattern, route.onRequest));
  }

  /**
   * Claims a WebSocket route. `settings` must equal those of an earlier registration of the route.
   */
  claimWebSockets(pattern: string, owner: RouteOwner, settings: WebSocketSettings): void {
    this.#claim(`ws ${pattern}`, owner, JSON.stringify(settings), (route) =>
      this.#app.ws(pattern, behavior(settings, route)),
    );
  }

  /** Releases all routes of an owner. */
  release(owner: RouteOwner): void {
    for (const route of this.#routes.values()) if (route.owner === owner) route.owner = undefined;
  }

  #claim(name: string, owner: RouteOwner, settings: string, register: (route: Route) => void): void {
    const known = this.#routes.get(name);
    if (known?.owner && !known.owner.retired) throw alreadyAttached(name, owner, known.owner);
    if (known && known.settings !== settings) {
      throw new EngineError(
        "INVALID_STATE",
        `the route "${name}" of this app can't change its settings any more`,
      );
    }
    const route = known ?? new Route(settings);
    route.owner = owner;
    if (known) return;
    this.#routes.set(name, route);
    register(route);
  }
}
