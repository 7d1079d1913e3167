import { EventEmitter } from "node:events";

/**
 * An event emitter that always uses the `emit` of its class. If rejections of listeners are
 * captured (a process-wide option of Node.js), Bun gives each emitter its own `emit`, which
 * would hide it.
 */
export class ClassEmitter extends EventEmitter {
  constructor() {
    super();
    if (Object.hasOwn(this, "emit")) Reflect.deleteProperty(this, "emit");
  }
}
