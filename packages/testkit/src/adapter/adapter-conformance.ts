import type { AdapterFactory } from "@skein/adapter";
import { describe } from "vitest";
import { ackSuite } from "./acknowledgements.ts";
import { broadcastSuite } from "./broadcasts.ts";
import { noRecoverySuite, recoverySuite } from "./recovery.ts";
import { roomSuite } from "./rooms.ts";
import { selectionSuite } from "./selections.ts";
import { serverSuite } from "./servers.ts";

/** Optional capabilities of an adapter. */
interface Capabilities {
  /** The adapter keeps sessions and the events that they miss. */
  readonly recovers?: boolean;
}

/**
 * Tests of the guarantees of every adapter for the sockets of its own node. `createAdapter` must
 * return an adapter of a single node, or one whose other nodes have no sockets and respond at once.
 */
export function adapterConformance(
  name: string,
  createAdapter: AdapterFactory,
  { recovers = false }: Capabilities = {},
): void {
  describe(`${name} as an adapter`, () => {
    roomSuite(createAdapter);
    broadcastSuite(createAdapter);
    ackSuite(createAdapter);
    selectionSuite(createAdapter);
    serverSuite(createAdapter);
    if (recovers) recoverySuite(createAdapter);
    else noRecoverySuite(createAdapter);
  });
}
