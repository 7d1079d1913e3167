import { requireObject } from "../arguments.ts";
import type { RequestRouter } from "./request-router.ts";
import type { Host, HostHandler, HttpExchange } from "../host/host.ts";
import type { NodeServer } from "../host/node/claims/claim.ts";
import { type AttachOptions, normalisePath, type ResolvedOptions, upgradePatience } from "../options.ts";

/**
 * Called for a request of the engine's path before the engine; returns true if it took the request.
 */
export type RequestInterceptor = (exchange: HttpExchange) => boolean;

/** A Node server, or a host created by its owner, and the host that serves the engine there. */
interface Attachment {
  readonly target: NodeServer | Host;
  readonly host: Host;
}

/** The servers and hosts that an engine is attached to. */
export class Attachments {
  readonly #options: ResolvedOptions;
  readonly #router: RequestRouter;
  readonly #onHostClosed: () => void;
  readonly #attachments = new Set<Attachment>();

  /** `onHostClosed` is called when the owner of a server has closed it. */
  constructor(options: ResolvedOptions, router: RequestRouter, onHostClosed: () => void) {
    this.#options = options;
    this.#router = router;
    this.#onHostClosed = onHostClosed;
  }

  /** `owner` is the name of the attached server in error messages. Throws `ALREADY_ATTACHED`. */
  add(
    attachment: Attachment,
    options: AttachOptions = {},
    interceptor?: RequestInterceptor,
    owner = "an Engine.IO server",
  ): void {
    requireObject("The options given to attach()", options);
    const engine = this.#options;
    attachment.host.serve(this.#handlerFor(attachment.host, interceptor), {
      path: normalisePath(options),
      webSocket: engine.transports.includes("websocket"),
      maxPayload: engine.maxHttpBufferSize,
      maxBuffered: engine.outboxPolicy === "close" ? engine.maxOutboxBytes : Infinity,
      pingInterval: engine.pingInterval,
      destroyUpgradeTimeout: upgradePatience(options),
      owner,
    });
    this.#attachments.add(attachment);
  }

  retire(): void {
    for (const { host } of this.#attachments) host.retire();
  }

  /** Closes the hosts on this target, or all hosts. */
  remove(target: Attachment["target"] | undefined): void {
    for (const attachment of this.#attachments) {
      if (target !== undefined && attachment.target !== target) continue;
      this.#attachments.delete(attachment);
      attachment.host.close();
    }
  }

  #handlerFor(host: Host, interceptor: RequestInterceptor | undefined): HostHandler {
    const router = this.#router;
    return {
      onRequest: (exchange) => {
        if (interceptor?.(exchange) !== true) router.onRequest(exchange, host.topics);
      },
      onUpgrade: (exchange) => router.onUpgrade(exchange, host.topics),
      onHostClosed: this.#onHostClosed,
    };
  }
}
