import type { CatchAllListener, Event, SocketMiddleware } from "../api.ts";
import { ApplicationEmitter } from "../application/application-emitter.ts";
import { requireFunction } from "../runtime/argument-checks.ts";
import { CatchAllListeners } from "./catch-all-listeners.ts";
import type { Failure } from "../application/safe-call.ts";
import { runChain } from "../application/middleware-chain.ts";
import { TickQueue } from "../runtime/tick-queue.ts";

/**
 * Event handling of a socket. Incoming events pass catch-all listeners and middlewares, and reach
 * their listeners on the next tick; outgoing events pass catch-all listeners. Unused parts allocate
 * nothing.
 */
export abstract class SocketEvents extends ApplicationEmitter {
  #middlewares: SocketMiddleware[] | undefined;
  #incoming: CatchAllListeners | undefined;
  #outgoing: CatchAllListeners | undefined;

  /**
   * Whether a listener for outgoing events was ever added: the application may modify the list
   * itself.
   */
  get outgoingWatched(): boolean {
    return this.#outgoing !== undefined;
  }

  use(middleware: SocketMiddleware): this {
    requireFunction("The middleware given to socket.use()", middleware);
    this.#middlewares ??= [];
    this.#middlewares.push(middleware);
    return this;
  }

  onAny(listener: CatchAllListener): this {
    this.#incoming ??= new CatchAllListeners();
    this.#incoming.append(listener);
    return this;
  }

  prependAny(listener: CatchAllListener): this {
    this.#incoming ??= new CatchAllListeners();
    this.#incoming.prepend(listener);
    return this;
  }

  offAny(listener?: CatchAllListener): this {
    this.#incoming?.remove(listener);
    return this;
  }

  listenersAny(): CatchAllListener[] {
    return this.#incoming?.list() ?? [];
  }

  onAnyOutgoing(listener: CatchAllListener): this {
    this.#watchOutgoing().append(listener);
    return this;
  }

  prependAnyOutgoing(listener: CatchAllListener): this {
    this.#watchOutgoing().prepend(listener);
    return this;
  }

  offAnyOutgoing(listener?: CatchAllListener): this {
    this.#outgoing?.remove(listener);
    return this;
  }

  listenersAnyOutgoing(): CatchAllListener[] {
    return this.#outgoing?.list() ?? [];
  }

  /** Calls the listeners of a queued event. */
  dispatch(event: readonly unknown[]): void {
    if (this.hearsEvents) this.raiseEvent(event);
  }

  /** Whether events that have passed the middlewares still reach their listeners. */
  protected abstract readonly hearsEvents: boolean;

  /** Called when the first listener for outgoing events is added. */
  protected abstract startedWatching(): void;

  protected abstract middlewareFailed(failure: Failure, event: Event): void;

  protected eventArrived(event: Event): void {
    this.#incoming?.notify(this, event, (failure) => this.listenerFailed(failure, event));
    if (this.#middlewares === undefined) dispatches.put(this, event);
    else this.#filter(this.#middlewares, event);
  }

  protected notifyOutgoing(data: unknown): void {
    if (this.#outgoing === undefined || this.#outgoing.empty || !Array.isArray(data)) return;
    this.#outgoing.notify(this, data, (failure) => this.listenerFailed(failure, data));
  }

  #filter(middlewares: readonly SocketMiddleware[], event: Event): void {
    runChain(middlewares, event, {
      done: (refusal) => dispatches.put(this, refusal === undefined ? event : ["error", refusal]),
      broke: (cause) => dispatches.put(this, ["error", cause]),
      failed: (failure) => this.middlewareFailed(failure, event),
    });
  }

  #watchOutgoing(): CatchAllListeners {
    if (this.#outgoing !== undefined) return this.#outgoing;
    this.#outgoing = new CatchAllListeners();
    this.startedWatching();
    return this.#outgoing;
  }
}

const dispatches = new TickQueue<SocketEvents, readonly unknown[]>((socket, event) => socket.dispatch(event));
