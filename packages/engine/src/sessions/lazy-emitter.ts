import { EventEmitter } from "node:events";

function createClass(): new () => EventEmitter {
  function LazyEmitter(): void {}
  Object.setPrototypeOf(LazyEmitter.prototype, EventEmitter.prototype);
  return LazyEmitter as unknown as new () => EventEmitter;
}

/**
 * An event emitter of Node.js that allocates nothing until its first listener: a base class for what exists once for each
 * connection. The methods of `EventEmitter` make what they need where its constructor did not run.
 */
export const LazyEmitter = createClass();
