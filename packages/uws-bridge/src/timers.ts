import { nextTick as nodeNextTick } from "node:process";
import * as timers from "node:timers";

// The one home of timers in this package. All are taken when the module is loaded, because fake timers of a test replace
// the globals, and the members of `node:timers` too.

/** `setImmediate` of Node.js. */
export const setImmediate = timers.setImmediate;

/** `process.nextTick` of Node.js. */
export const nextTick = nodeNextTick;
