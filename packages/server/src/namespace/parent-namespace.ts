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
  readonly #children: Set<Namespace>;

  constructor(name: string, context: NamespaceContext, children = new Set<Namespace>()) {
    super(
      name,
      context,
      () => new ChildrenAdapter(() => Array.from(children, (child) => child.internalAdapter)),
    );
    this.#children = children;
  }

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
}

/** Creates the pattern with this number. Clients can't join its name. */
export function parentNamespace(number: number, context: NamespaceContext): ParentNamespace {
  return new ParentNamespace(`/_${number}`, context);
}
