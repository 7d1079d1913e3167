import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { isFallback } from "../bare-server.ts";
import { NodeHttpExchange } from "../http-exchange.ts";
import type { Claim, NodeServer, RequestListener } from "./claim.ts";
import { ListenerList } from "./listener-list.ts";
import { OnceListeners } from "./once-listeners.ts";
import { UnclaimedUpgrade } from "./unclaimed-upgrade.ts";
import { asksForEngine, wrongPath } from "./wrong-path.ts";

/** What a front needs of the claims to its server. */
export interface FrontContext {
  readonly claims: readonly Claim[];
  /** All fronts on the server, oldest first. */
  readonly fronts: readonly Front[];
  find(url: string): Claim | undefined;
}

function ignoreError(): void {}

/**
 * The listeners of an HTTP server that hand requests and upgrades to the claims. A front replaces
 * the request listeners that it found, calls them for unclaimed requests, and restores them when
 * its last claim ends.
 */
export class Front {
  readonly #server: NodeServer;
  readonly #context: FrontContext;
  readonly #requestListeners: ListenerList;
  readonly #claims = new Set<Claim>();
  /** The request listeners that the front replaced. */
  #predecessors: RequestListener[] = [];
  /** Present while the front listens to upgrades. */
  #onceListeners: OnceListeners | undefined;

  constructor(server: NodeServer, context: FrontContext) {
    this.#server = server;
    this.#context = context;
    this.#requestListeners = new ListenerList(server);
  }

  has(claim: Claim): boolean {
    return this.#claims.has(claim);
  }

  add(claim: Claim): void {
    if (this.#claims.size === 0) this.#predecessors = this.#requestListeners.replaceAll(this.#onRequest);
    this.#claims.add(claim);
    if (claim.webSocket) this.#listenToUpgrades();
  }

  /** Returns whether any claim is left. */
  remove(claim: Claim): boolean {
    this.#claims.delete(claim);
    if (![...this.#claims].some(({ webSocket }) => webSocket)) this.#ignoreUpgrades();
    if (this.#claims.size > 0) return true;
    this.#putBack();
    return false;
  }

  /**
   * False when the request listener was removed from the server, or is called by a listener of
   * another program.
   */
  get isReached(): boolean {
    if (this.#requestListeners.includes(this.#onRequest)) return true;
    return this.#context.fronts.some((front) => front.#predecessors.includes(this.#onRequest));
  }

  /** Whether all listeners of the front are on the server. */
  get isIntact(): boolean {
    if (!this.#requestListeners.includes(this.#onRequest)) return false;
    return this.#onceListeners === undefined || this.#hearsUpgrades;
  }

  get #hearsUpgrades(): boolean {
    return this.#server.rawListeners("upgrade").includes(this.#onUpgrade);
  }

  #listenToUpgrades(): void {
    if (this.#onceListeners !== undefined) return;
    this.#onceListeners = new OnceListeners(this.#server.rawListeners("upgrade"));
    this.#server.on("upgrade", this.#onUpgrade);
  }

  #ignoreUpgrades(): void {
    this.#onceListeners = undefined;
    this.#server.off("upgrade", this.#onUpgrade);
  }

  /**
   * Restores the replaced listeners. A front that another program's listener calls stays, and
   * passes requests on.
   */
  #putBack(): void {
    if (this.#requestListeners.replace(this.#onRequest, this.#predecessors)) return;
    for (const front of this.#context.fronts) {
      const at = front.#predecessors.indexOf(this.#onRequest);
      if (at >= 0) front.#predecessors.splice(at, 1, ...this.#predecessors);
    }
  }

  readonly #onRequest: RequestListener = (request, response) => {
    const url = request.url ?? "";
    const claim = this.#context.find(url);
    if (claim !== undefined && this.#claims.has(claim)) claim.onRequest(request, response);
    else if (claim === undefined && this.#claims.size > 0 && asksForEngine(url) && !this.#isAnswered())
      this.#explain(request, response);
    else for (const listener of this.#predecessors) listener.call(this.#server, request, response);
  };

  #explain(request: IncomingMessage, response: ServerResponse): void {
    new NodeHttpExchange(request, response).respond(wrongPath(this.#context.claims));
  }

  /** Whether any listener other than the fronts may answer a request. */
  #isAnswered(): boolean {
    const { fronts } = this.#context;
    const present = [this.#requestListeners.raw, ...fronts.map((front) => front.#predecessors)].flat();
    const own = new Set<unknown>(fronts.map((front) => front.#onRequest));
    return present.some((listener) => !own.has(listener) && !isFallback(listener));
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const present = this.#server.rawListeners("upgrade");
    const anotherHeard = this.#onceListeners?.haveFired(present) ?? false;
    const claim = this.#context.find(request.url ?? "");
    if (claim !== undefined) {
      if (this.#claims.has(claim)) claim.onUpgrade(request, socket, head);
      return;
    }
    // A peer that resets the connection must not end the process, even if other listeners handle no
    // errors.
    socket.on("error", ignoreError);
    if (!anotherHeard && this.#isFirstOf(present)) this.#endLater(request, socket);
  };

  /** Whether only fronts listen to upgrades, and this is the first of them. */
  #isFirstOf(listeners: readonly unknown[]): boolean {
    const own = new Set<unknown>(this.#context.fronts.map((front) => front.#onUpgrade));
    return listeners[0] === this.#onUpgrade && listeners.every((listener) => own.has(listener));
  }

  #endLater({ url = "" }: IncomingMessage, socket: Duplex): void {
    const response = asksForEngine(url) ? wrongPath(this.#context.claims) : undefined;
    const timeoutOf = ({ webSocket, destroyUpgradeTimeout = Infinity }: Claim): number =>
      webSocket ? destroyUpgradeTimeout : Infinity;
    const [first] = this.#context.claims.toSorted((a, b) => timeoutOf(a) - timeoutOf(b));
    if (first === undefined || timeoutOf(first) === Infinity) return;
    first.later(new UnclaimedUpgrade(socket, response), timeoutOf(first));
  }
}
