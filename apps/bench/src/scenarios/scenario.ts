import type { ImplementationName, Usage } from "../protocol.ts";
import type { ServerHandle } from "../server-handle.ts";

/** What one run of one scenario measured: microseconds of CPU per unit of work, or bytes per connection. */
export type Figure =
  | { readonly kind: "cpu"; readonly user: number; readonly system: number }
  | { readonly kind: "memory"; readonly rss: number; readonly heap: number };

/** How much of everything: the short mode is for everyday use. */
export interface Scale {
  /** Multiplies the number of messages. */
  readonly messages: number;
  /** Numbers of idle connections whose memory is measured. */
  readonly idle: readonly number[];
  /** Numbers of receivers for the growth of a broadcast. */
  readonly growth: readonly number[];
}

export const FULL: Scale = { messages: 4, idle: [5000, 15_000], growth: [1000, 5000, 15_000] };
export const SHORT: Scale = { messages: 1, idle: [2000], growth: [] };

export interface Scenario {
  readonly name: string;
  readonly unit: string;
  /** False where the implementation has no such thing, or does it by other means. */
  applies(implementation: ImplementationName): boolean;
  run(server: ServerHandle, scale: Scale): Promise<Figure>;
}

export const everywhere = (): boolean => true;
export const notRaw = (implementation: ImplementationName): boolean => !implementation.startsWith("raw");

/** The server's CPU time for `work`, divided by `units`. */
export async function cpu(server: ServerHandle, units: number, work: () => Promise<void>): Promise<Figure> {
  const before: Usage = await server.usage();
  await work();
  const after: Usage = await server.usage();
  return {
    kind: "cpu",
    user: (after.user - before.user) / units,
    system: (after.system - before.system) / units,
  };
}
