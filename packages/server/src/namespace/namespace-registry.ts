import type { Namespace as NamespaceApi } from "../api.ts";
import { safeCall } from "../application/safe-call.ts";
import type { NamespaceContext } from "./namespace-context.ts";
import { ServerError } from "../errors.ts";
import type { NamespaceResolver } from "../connection/namespace-join.ts";
import { Namespace } from "./namespace.ts";
import { type ParentNamespace, parentNamespace } from "./parent-namespace.ts";

/**
 * Decides whether a client may create a namespace of this name; `auth` is the payload of its
 * CONNECT.
 */
export type NamespaceMatcher = (
  name: string,
  auth: Record<string, unknown>,
  next: (error: Error | null, allow: boolean) => void,
) => void | Promise<void>;

interface Dynamic {
  readonly pattern: RegExp | NamespaceMatcher;
  readonly parent: ParentNamespace;
}

/** Number of the next dynamic namespace of this process. */
let nextParent = 0;

function normalise(name: string): string {
  return name.startsWith("/") ? name : `/${name}`;
}

/** All namespaces of a server, and the patterns of dynamic namespaces. */
export class NamespaceRegistry implements NamespaceResolver {
  readonly byName = new Map<string, Namespace>();
  readonly #context: NamespaceContext;
  readonly #dynamic: Dynamic[] = [];
  readonly #parentOf = new Map<string, ParentNamespace>();
  readonly #created: (namespace: Namespace) => void;

  /** `created` is called with each namespace created later, except the main one and patterns. */
  constructor(context: NamespaceContext, created: (namespace: Namespace) => void) {
    this.#context = context;
    this.#created = created;
  }

  /**
   * Returns the namespace of this name. Creates it if necessary, as a child if a regular expression
   * matches.
   */
  of(name: string): Namespace {
    const full = normalise(name);
    const existing = this.byName.get(full);
    if (existing !== undefined) return existing;
    const match = this.#dynamic.find(({ pattern }) => pattern instanceof RegExp && pattern.test(full));
    return this.#create(full, match?.parent);
  }

  /** Adds a pattern, even if it equals another. Throws `STATEFUL_REGEXP`. */
  matching(pattern: RegExp | NamespaceMatcher): NamespaceApi {
    if (pattern instanceof RegExp && (pattern.global || pattern.sticky))
      throw new ServerError("STATEFUL_REGEXP");
    const parent = parentNamespace(nextParent++, this.#context);
    this.#dynamic.push({ pattern, parent });
    return parent;
  }

  /** Finds or creates a namespace. Overlong names are never passed to a pattern. */
  find(name: string, auth: Record<string, unknown>): Namespace | undefined | Promise<Namespace | undefined> {
    const existing = this.byName.get(name);
    if (existing !== undefined || name.length > this.#context.maxNamespaceLength) return existing;
    return this.#match(name, auth);
  }

  onMatcherOverdue(name: string): void {
    const cause = new ServerError("MATCHER_OVERDUE");
    this.#context.report({ source: "matcher", namespace: name, cause, rejected: false });
  }

  /** Removes a namespace created by a pattern once it is empty. */
  release(name: string): void {
    const namespace = this.byName.get(name);
    const parent = this.#parentOf.get(name);
    if (namespace === undefined || parent === undefined || !namespace.empty) return;
    this.byName.delete(name);
    this.#parentOf.delete(name);
    parent.drop(namespace);
    void namespace.closeAdapter();
  }

  /** Creates the namespace if a pattern allows it. */
  async #match(name: string, auth: Record<string, unknown>): Promise<Namespace | undefined> {
    for (const { pattern, parent } of this.#dynamic.slice()) {
      if (!(await this.#allows(pattern, name, auth))) continue;
      // Another client may have created it while the matcher was deciding.
      return this.byName.get(name) ?? this.#tryCreate(name, parent);
    }
    return undefined;
  }

  #create(name: string, parent: ParentNamespace | undefined): Namespace {
    const namespace = new Namespace(name, this.#context);
    parent?.take(namespace);
    if (parent !== undefined) this.#parentOf.set(name, parent);
    this.byName.set(name, namespace);
    if (name !== "/") this.#created(namespace);
    return namespace;
  }

  #tryCreate(name: string, parent: ParentNamespace): Namespace | undefined {
    try {
      return this.#create(name, parent);
    } catch (cause) {
      this.#context.report({ source: "adapter", namespace: name, cause, rejected: false });
      return undefined;
    }
  }

  /** Runs a pattern; a matcher that throws or rejects does not allow the name. */
  #allows(
    pattern: RegExp | NamespaceMatcher,
    name: string,
    auth: Record<string, unknown>,
  ): boolean | Promise<boolean> {
    if (pattern instanceof RegExp) return pattern.test(name);
    return new Promise((resolve) => {
      const next = (error: Error | null, allow: boolean) => resolve(!error && allow);
      safeCall(pattern, undefined, [name, auth, next], (failure) => {
        this.#context.report({ source: "matcher", namespace: name, ...failure });
        resolve(false);
      });
    });
  }
}
