import { EventEmitter } from "node:events";

/**
 * An event emitter whose `emit` is that of its class. Where rejections of listeners are captured (an option of Node.js for
 * all emitters of a process), Bun gives each emitter an `emit` of its own, which would hide it.
 */
export class ClassEmitter extends EventEmitter {
  constructor() {
    super();
    if (Object.hasOwn(this, "emit")) Reflect.deleteProperty(this, "emit");
  }
}
