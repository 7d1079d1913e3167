import { emitContained } from "./public-events.ts";
import type { Transport } from "../transport/transport.ts";
import { TransportView, type TransportViewContext } from "./transport-view.ts";

/**
 * The views of a connection's transports, current and candidate. Created when an application first
 * reads one.
 */
export class TransportViews {
  readonly #context: TransportViewContext;
  readonly #views = new Map<Transport, TransportView>();

  constructor(context: TransportViewContext) {
    this.#context = context;
  }

  of(transport: Transport): TransportView {
    const known = this.#views.get(transport);
    if (known !== undefined) return known;
    const view = new TransportView(this.#context, transport);
    this.#views.set(transport, view);
    return view;
  }

  /** Emits an event. An `error` without listeners is skipped, because it would be thrown. */
  emit(transport: Transport, event: string, ...values: unknown[]): void {
    const view = this.#views.get(transport);
    if (view !== undefined && view.listenerCount(event) > 0) emitContained(view, event, ...values);
  }

  close(transport: Transport): void {
    const view = this.#views.get(transport);
    if (view === undefined) return;
    this.#views.delete(transport);
    view.end();
    emitContained(view, "close");
  }

  /** Closes all views except that of `kept`. */
  closeOthers(kept: Transport | undefined): void {
    for (const transport of this.#views.keys()) if (transport !== kept) this.close(transport);
  }
}
