import type { Adapter } from "@skein/adapter";
import type { RemoteSocket } from "../api.ts";
import { ChildrenAdapter } from "./children-adapter.ts";
import type { NamespaceContext } from "./namespace-context.ts";
import { ServerError } from "../errors.ts";
import { Namespace } from "./namespace.ts";

/**
 * A dynamic namespace: a pattern for others (server-api, "Parent namespace"). It has no sockets. Its middlewares and
 * connection listeners are copied to each child as that is made; what is emitted to it goes to all its children.
 */
export class ParentNamespace extends Namespace {
  readonly #children = new Set<Namespace>();

  /** Sets a child up, and counts it in. */
  take(child: Namespace): void {
    child.adopt(this.setup);
    this.#children.add(child);
  }

  /** The child is gone. */
  drop(child: Namespace): void {
    this.#children.delete(child);
  }

  override fetchSockets(): Promise<RemoteSocket[]> {
    throw new ServerError("PARENT_FETCH");
  }

  protected override createAdapter(): Adapter {
    // Called before the fields of this class exist: the children are looked up when they are needed.
    return new ChildrenAdapter(() => this.#adapters());
  }

  #adapters(): Adapter[] {
    return [...this.#children].map((child) => child.internalAdapter);
  }
}

/** Makes the pattern with this number. Its name is no one's to join. */
export function parentNamespace(number: number, context: NamespaceContext): ParentNamespace {
  return new ParentNamespace(`/_${number}`, context);
}
