import { nextTick as nodeNextTick } from "node:process";
import * as timers from "node:timers";

// The only module of this package that imports timers. They are captured when the module is loaded,
// because fake timers of tests replace the globals and the members of `node:timers`.

/** `setImmediate` of Node.js. */
export const setImmediate = timers.setImmediate;

/** `process.nextTick` of Node.js. */
export const nextTick = nodeNextTick;
