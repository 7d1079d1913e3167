import { EngineError } from "../../../errors.ts";
import { matchesPath } from "../path-match.ts";
import type { Claim, NodeServer } from "./claim.ts";
import { Front, type FrontContext } from "./front.ts";

const known = new WeakMap<NodeServer, ServerClaims>();

/** Returns the path without its slash: the same clients request `/rt` and `/rt/`. */
function nameOf({ path }: Claim): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

function alreadyAttached(wanted: Claim, holder: Claim): EngineError {
  return new EngineError(
    "ALREADY_ATTACHED",
    `${wanted.owner} can't be attached at "${wanted.path}": ${holder.owner} is attached to this HTTP server at ` +
      `"${holder.path}" and takes the same requests. Detach or close that one first, or choose another path.`,
  );
}

/**
 * All claims to the requests of one HTTP server. The longest matching path gets a request, whatever
 * the order of the claims.
 */
export class ServerClaims implements FrontContext {
  readonly #server: NodeServer;
  /** The longest paths first, and of equal ones the newest. */
  readonly #claims: Claim[] = [];
  /**
   * Usually one; more when a program removed the listeners of an earlier one from the server, or
   * wrapped them.
   */
  readonly #fronts: Front[] = [];

  private constructor(server: NodeServer) {
    this.#server = server;
  }

  static of(server: NodeServer): ServerClaims {
    const claims = known.get(server) ?? new ServerClaims(server);
    known.set(server, claims);
    return claims;
  }

  get claims(): readonly Claim[] {
    return this.#claims;
  }

  get fronts(): readonly Front[] {
    return this.#fronts;
  }

  /** Throws `ALREADY_ATTACHED`. */
  add(claim: Claim): void {
    const holder = this.#claims.find((other) => this.#conflicts(claim, other));
    if (holder !== undefined) throw alreadyAttached(claim, holder);
    const at = this.#claims.findIndex(({ path }) => path.length <= claim.path.length);
    this.#claims.splice(at < 0 ? this.#claims.length : at, 0, claim);
    this.#intactFront().add(claim);
  }

  remove(claim: Claim): void {
    const at = this.#claims.indexOf(claim);
    if (at < 0) return;
    this.#claims.splice(at, 1);
    const front = this.#fronts.find((candidate) => candidate.has(claim));
    if (front?.remove(claim) === false) this.#fronts.splice(this.#fronts.indexOf(front), 1);
    if (this.#claims.length === 0) known.delete(this.#server);
  }

  /** Returns the claim that matches a request. */
  find(url: string): Claim | undefined {
    for (const claim of this.#claims) if (matchesPath(url, claim.path)) return claim;
    return undefined;
  }

  /**
   * Whether two claims conflict. A claim whose listeners were removed from the server takes no
   * requests.
   */
  #conflicts(wanted: Claim, other: Claim): boolean {
    if (other.retired || nameOf(other) !== nameOf(wanted)) return false;
    return this.#fronts.some((front) => front.has(other) && front.isReached);
  }

  #intactFront(): Front {
    const newest = this.#fronts.at(-1);
    if (newest?.isIntact) return newest;
    const front = new Front(this.#server, this);
    this.#fronts.push(front);
    return front;
  }
}
