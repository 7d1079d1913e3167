import type { AdapterFactory } from "@skein/adapter";
import { describe } from "vitest";
import { ackSuite } from "./acknowledgements.ts";
import { broadcastSuite } from "./broadcasts.ts";
import { noRecoverySuite, recoverySuite } from "./recovery.ts";
import { roomSuite } from "./rooms.ts";
import { selectionSuite } from "./selections.ts";
import { serverSuite } from "./servers.ts";

/** What an adapter can do beyond the least. */
interface Capabilities {
  /** It keeps sessions and the events that they miss. */
  readonly recovers?: boolean;
}

/**
 * What every adapter promises for the sockets of its own node. `createAdapter` must give one that is alone, or whose
 * fellow nodes have no sockets and answer at once.
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
