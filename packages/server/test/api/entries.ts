import { clientEntries, engineEntries } from "./entries/engine.ts";
import type { Entry } from "./entries/entry.ts";
import { namespaceEntries } from "./entries/namespace.ts";
import { serverEntries } from "./entries/server.ts";
import { socketEntries } from "./entries/socket.ts";

/**
 * Every entry of the API page: its kind on a real object, and the test that shows its behaviour.
 */
export const entries: readonly Entry[] = [
  ...serverEntries,
  ...namespaceEntries,
  ...socketEntries,
  ...clientEntries,
  ...engineEntries,
];
