import { EventEmitter } from "node:events";

function createClass(): new () => EventEmitter {
  function LazyEmitter(): void {}
  Object.setPrototypeOf(LazyEmitter.prototype, EventEmitter.prototype);
  return LazyEmitter as unknown as new () => EventEmitter;
}

/**
 * A Node.js event emitter that allocates nothing until its first listener, as a base class for
 * per-connection objects. The methods of `EventEmitter` create missing state if its constructor did
 * not run.
 */
export const LazyEmitter = createClass();
