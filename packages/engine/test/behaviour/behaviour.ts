import { describe } from "vitest";
import type { Implementation } from "./implementation.ts";
import { modes, revisions } from "./mode.ts";
import { checkDifferences, type Suite } from "./suite.ts";
import { attaching } from "./suites/attaching.ts";
import { closing } from "./suites/closing.ts";
import { compression } from "./suites/compression.ts";
import { cors } from "./suites/cors.ts";
import { emitters } from "./suites/emitters.ts";
import { handshake } from "./suites/handshake.ts";
import { headers } from "./suites/headers.ts";
import { heartbeat } from "./suites/heartbeat.ts";
import { jsonp } from "./suites/jsonp.ts";
import { lastMessages } from "./suites/last-messages.ts";
import { messages } from "./suites/messages.ts";
import { middlewares } from "./suites/middlewares.ts";
import { polling } from "./suites/polling.ts";
import { refusals } from "./suites/refusals.ts";
import { upgrade } from "./suites/upgrade.ts";
import { webSocket } from "./suites/websocket.ts";

/** Topics of a session, whichever way its client takes. */
const sessionSuites: readonly Suite[] = [handshake, messages, heartbeat, closing, lastMessages, emitters];

/** Topics whose requests choose their own way. */
const requestSuites: readonly Suite[] = [upgrade, polling, compression, webSocket, refusals, jsonp];

/** Topics that have nothing to do with revisions. */
const serverSuites: readonly Suite[] = [attaching, middlewares, headers, cors];

/** Holds `implementation` to every behaviour, in every mode. */
export function behaviourOf(implementation: Implementation): void {
  for (const mode of modes) {
    describe(`${implementation.name}, revision ${mode.revision} over ${mode.path}`, () => {
      for (const register of sessionSuites) register(implementation, mode);
    });
  }
  for (const revision of revisions) {
    describe(`${implementation.name}, revision ${revision} asked directly`, () => {
      for (const register of requestSuites) register(implementation, { revision, path: "polling" });
    });
  }
  describe(`${implementation.name} on its server`, () => {
    for (const register of serverSuites) register(implementation, { revision: 4, path: "polling" });
  });
  checkDifferences(implementation);
}
