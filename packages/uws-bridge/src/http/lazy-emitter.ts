import { EventEmitter } from "node:events";

type Listener = (...args: unknown[]) => void;

/**
 * The emitter surface of Node's HTTP objects, for objects that rarely have listeners: nothing is
 * allocated before the first one.
 */
export class LazyEmitter {
  #emitter: EventEmitter | undefined;

  get #events(): EventEmitter {
    this.#emitter ??= new EventEmitter();
    return this.#emitter;
  }

  on(event: string | symbol, listener: Listener): this {
    this.#events.on(event, listener);
    return this;
  }

  addListener(event: string | symbol, listener: Listener): this {
    return this.on(event, listener);
  }

  prependListener(event: string | symbol, listener: Listener): this {
    this.#events.prependListener(event, listener);
    return this;
  }

  once(event: string | symbol, listener: Listener): this {
    this.#events.once(event, listener);
    return this;
  }

  off(event: string | symbol, listener: Listener): this {
    this.#emitter?.off(event, listener);
    return this;
  }

  removeListener(event: string | symbol, listener: Listener): this {
    return this.off(event, listener);
  }

  removeAllListeners(event?: string | symbol): this {
    this.#emitter?.removeAllListeners(event);
    return this;
  }

  listeners(event: string | symbol): unknown[] {
    return this.#emitter?.listeners(event) ?? [];
  }

  listenerCount(event: string | symbol): number {
    return this.#emitter?.listenerCount(event) ?? 0;
  }

  setMaxListeners(count: number): this {
    this.#events.setMaxListeners(count);
    return this;
  }

  /** Emits an event. Unlike Node's, an `error` without listeners is not thrown. */
  emit(event: string | symbol, ...args: unknown[]): boolean {
    return this.listenerCount(event) > 0 && this.#events.emit(event, ...args);
  }
}
