import { describe } from "vitest";
import type { Implementation } from "./implementation.ts";
import { checkDifferences, type Suite } from "./suite.ts";
import { acks } from "./suites/acks.ts";
import { badInput } from "./suites/bad-input.ts";
import { badRequests } from "./suites/bad-requests.ts";
import { binary } from "./suites/binary.ts";
import { broadcastAcks } from "./suites/broadcast-acks.ts";
import { catchAll } from "./suites/catch-all.ts";
import { closing } from "./suites/closing.ts";
import { connecting } from "./suites/connecting.ts";
import { dynamicNamespaces } from "./suites/dynamic-namespaces.ts";
import { events } from "./suites/events.ts";
import { fetchedSockets } from "./suites/fetched-sockets.ts";
import { handshake } from "./suites/handshake.ts";
import { http } from "./suites/http.ts";
import { lastEvents } from "./suites/last-events.ts";
import { lifecycle } from "./suites/lifecycle.ts";
import { middlewares } from "./suites/middlewares.ts";
import { olderClients } from "./suites/older-clients.ts";
import { recovery } from "./suites/recovery.ts";
import { rooms } from "./suites/rooms.ts";
import { safety } from "./suites/safety.ts";
import { socketMiddlewares } from "./suites/socket-middlewares.ts";
import { surfacing } from "./suites/surfacing.ts";
import { transcripts } from "./suites/transcripts.ts";
import { volatile } from "./suites/volatile.ts";
import { transports } from "./transport.ts";

const suites: readonly Suite[] = [
  connecting,
  middlewares,
  dynamicNamespaces,
  events,
  binary,
  acks,
  rooms,
  volatile,
  broadcastAcks,
  fetchedSockets,
  lifecycle,
  closing,
  lastEvents,
  catchAll,
  socketMiddlewares,
  handshake,
  transcripts,
  recovery,
  badInput,
  safety,
  surfacing,
];

/** Topics whose raw requests choose their own transport. */
const requestSuites: readonly Suite[] = [http, badRequests, olderClients];

/** Holds `implementation` to every behaviour, over every transport. */
export function behaviourOf(implementation: Implementation): void {
  for (const transport of implementation.transports ?? transports) {
    describe(`${implementation.name} over ${transport}`, () => {
      for (const register of suites) register(implementation, transport);
    });
  }
  describe(`${implementation.name} asked directly`, () => {
    for (const register of requestSuites) register(implementation, "polling");
  });
  checkDifferences(implementation);
}
