import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import type { Attack } from "./attack.ts";

/**
 * Several times the victim's `destroyUpgradeTimeout`. There is no event to await: nothing must
 * happen.
 */
const IDLE_MS = 1000;

export const foreignWebSocket: Attack = {
  name: "an idle WebSocket of another server on the same HTTP server",
  victims: [{ host: "node" }],
  async run(victim) {
    const socket = new WebSocket(`ws://127.0.0.1:${victim.port}/foreign`);
    await once(socket, "open");
    const closed = once(socket, "close").then(() => {
      throw new Error("the WebSocket of the other server was closed");
    });
    await Promise.race([closed, delay(IDLE_MS)]);
    const answer = once(socket, "message");
    socket.send("still there?");
    await Promise.race([closed, answer]);
    closed.catch(() => {});
    socket.terminate();
    await victim.checkServes();
    return `still open after ${IDLE_MS} ms`;
  },
};
