import type { Adapter } from "@skein/adapter";
import type { RemoteSocket } from "../api.ts";
import { ChildrenAdapter } from "./children-adapter.ts";
import type { NamespaceContext } from "./namespace-context.ts";
import { ServerError } from "../errors.ts";
import { Namespace } from "./namespace.ts";

/**
 * A dynamic namespace: a pattern for other namespaces (server-api, "Parent namespace"). It has no
 * sockets; its middlewares and connection listeners are copied to each new child, and its events
 * are sent to all children.
 */
export class ParentNamespace extends Namespace {
  readonly #children = new Set<Namespace>();

  /** Configures and adds a child. */
  take(child: Namespace): void {
    child.adopt(this.setup);
    this.#children.add(child);
  }

  /** Removes a child. */
  drop(child: Namespace): void {
    this.#children.delete(child);
  }

  override fetchSockets(): Promise<RemoteSocket[]> {
    throw new ServerError("PARENT_FETCH");
  }

  protected override createAdapter(): Adapter {
    // Called before the fields of this class are initialised, so children are read lazily.
    return new ChildrenAdapter(() => this.#adapters());
  }

  #adapters(): Adapter[] {
    return [...this.#children].map((child) => child.internalAdapter);
  }
}

/** Creates the pattern with this number. Clients can't join its name. */
export function parentNamespace(number: number, context: NamespaceContext): ParentNamespace {
  return new ParentNamespace(`/_${number}`, context);
}
