import type { Refusal } from "../refusal.ts";
import type { EngineConnection } from "./engine-connection.ts";
import { safeCall } from "../time/rethrow-later.ts";

/** Maximum numbers of open sessions, in total and per remote address. Read on use. */
export interface SessionLimits {
  readonly maxSessions: number;
  readonly maxSessionsPerAddress: number;
}

/** Minimum number of removals before the map is rebuilt. */
const MIN_LEFT = 64;

type Connections = ReadonlyMap<string, EngineConnection>;

/**
 * Presents a map to users as a record that can be read and listed. A real record of that size takes
 * four times the memory.
 */
function reading(open: () => Connections): ProxyHandler<object> {
  const find = (id: string | symbol) => (typeof id === "string" ? open().get(id) : undefined);
  return {
    get: (_, id) => find(id),
    has: (_, id) => find(id) !== undefined,
    ownKeys: () => [...open().keys()],
    getOwnPropertyDescriptor: (_, id) => {
      const value = find(id);
      return value === undefined
        ? undefined
        : { value, enumerable: true, configurable: true, writable: false };
    },
    getPrototypeOf: () => null,
    set: () => false,
    deleteProperty: () => false,
    defineProperty: () => false,
  };
}

/** The open connections of an engine by their id. */
export class SessionRegistry {
  #connections = new Map<string, EngineConnection>();
  /** Removals since the map was created. */
  #left = 0;
  readonly record = new Proxy(
    {},
    reading(() => this.#connections),
  ) as Readonly<Record<string, EngineConnection>>;
  /** Used only if sessions per address are limited. */
  readonly #perAddress = new Map<string, number>();
  readonly #limits: SessionLimits;
  #count = 0;

  constructor(limits: SessionLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  find(id: string): EngineConnection | undefined {
    return this.#connections.get(id);
  }

  /**
   * Returns why no session for this peer may open now; undefined if one may. An unknown address has
   * no limit of its own.
   */
  refusalFor(peer: { readonly remoteAddress: string | undefined } | undefined): Refusal | undefined {
    const { maxSessions, maxSessionsPerAddress } = this.#limits;
    if (this.#count >= maxSessions) return { code: "TOO_MANY_SESSIONS", context: { limit: maxSessions } };
    if (maxSessionsPerAddress === Infinity) return undefined;
    const address = peer?.remoteAddress;
    const ofAddress = address === undefined ? 0 : (this.#perAddress.get(address) ?? 0);
    if (ofAddress < maxSessionsPerAddress) return undefined;
    return { code: "TOO_MANY_SESSIONS_OF_ADDRESS", context: { limit: maxSessionsPerAddress, address } };
  }

  /**
   * Calls `act` for each connection. An exception is rethrown later, so that the other connections
   * are still processed.
   */
  forEach(act: (connection: EngineConnection) => void): void {
    for (const connection of Array.from(this.#connections.values())) safeCall(() => act(connection));
  }

  add(connection: EngineConnection): void {
    this.#connections.set(connection.id, connection);
    this.#count += 1;
    if (this.#limits.maxSessionsPerAddress !== Infinity) this.#countAddress(connection.remoteAddress, 1);
  }

  remove(connection: EngineConnection): void {
    if (this.#connections.get(connection.id) !== connection) return;
    this.#connections.delete(connection.id);
    this.#left += 1;
    if (this.#left > MIN_LEFT + 2 * this.#connections.size) this.#beginAnew();
    this.#count -= 1;
    if (this.#perAddress.size > 0) this.#countAddress(connection.remoteAddress, -1);
  }

  /**
   * Rebuilds the map. A map replaces its table from time to time, and each old table keeps its
   * contents and links to the next; once one is in the old generation, its successors survive every
   * young collection, with all they hold. A new map has no old tables.
   */
  #beginAnew(): void {
    this.#connections = new Map(this.#connections);
    this.#left = 0;
  }

  #countAddress(address: string | undefined, difference: 1 | -1): void {
    if (address === undefined) return;
    const count = (this.#perAddress.get(address) ?? 0) + difference;
    if (count > 0) this.#perAddress.set(address, count);
    else this.#perAddress.delete(address);
  }
}
