import type {
  Host,
  HostHandler,
  HttpExchange,
  UpgradeExchange,
  WebSocketListener,
  WebSocketPort,
} from "@skein/engine";
import { it } from "vitest";
import { Arrivals } from "../arrivals.ts";
import type { ClientWebSocket, HostClient } from "../clients/host-client.ts";

/** Capabilities that a host may lack, for a reason given by its harness. */
export type HostCapability =
  /** Unmatched upgrade requests are ended. */
  "destroy-upgrade";

/** A serving host and a client for it. */
export interface RunningHost {
  readonly host: Host;
  readonly client: HostClient;
  /** Starts the server of the host. Called after `host.serve`. */
  listen?(): Promise<void>;
  stop(): Promise<void>;
}

export interface HostHarness {
  /** Creates a host on its own server. The suite calls `serve`. */
  create(): Promise<RunningHost> | RunningHost;
  readonly lacks?: Readonly<Partial<Record<HostCapability, string>>>;
}

export const PATH = "/engine/";
export const MAX_PAYLOAD = 1000;

/** Records the events of a port, to be awaited. */
export class RecordingListener implements WebSocketListener {
  readonly messages = new Arrivals<string | Buffer>();
  readonly drains = new Arrivals<true>();
  readonly closes = new Arrivals<{ error: Error | undefined }>();

  onMessage(data: string | Uint8Array): void {
    this.messages.push(typeof data === "string" ? data : Buffer.from(data));
  }

  onDrain(): void {
    this.drains.push(true);
  }

  onClose(error?: Error): void {
    this.closes.push({ error });
  }
}

class Desk implements HostHandler {
  readonly requests = new Arrivals<HttpExchange>();
  readonly upgrades = new Arrivals<UpgradeExchange>();
  /** Handles a request synchronously, where waiting would be too late. */
  atOnce: ((exchange: HttpExchange) => void) | undefined;

  onRequest(exchange: HttpExchange): void {
    this.atOnce?.(exchange);
    this.requests.push(exchange);
  }

  onUpgrade(exchange: UpgradeExchange): void {
    this.upgrades.push(exchange);
  }

  onHostClosed(): void {}
}

/** The host of the current test, which serves a `Desk`. */
export class HostUnderTest {
  readonly #harness: HostHarness;
  #running: { readonly started: RunningHost; readonly desk: Desk } | undefined;

  constructor(harness: HostHarness) {
    this.#harness = harness;
  }

  async begin(): Promise<void> {
    const running = await this.#harness.create();
    const desk = new Desk();
    this.#running = { started: running, desk };
    running.host.serve(desk, {
      path: PATH,
      webSocket: true,
      maxPayload: MAX_PAYLOAD,
      maxBuffered: 16_000_000,
      pingInterval: 25_000,
      destroyUpgradeTimeout: 30,
    });
    await running.listen?.();
  }

  end(): Promise<void> {
    return this.#current.started.stop();
  }

  get host(): Host {
    return this.#current.started.host;
  }

  get client(): HostClient {
    return this.#current.started.client;
  }

  get desk(): Desk {
    return this.#current.desk;
  }

  /** Registers a test that is skipped, with the reason, on a host that lacks the capability. */
  having(capability: HostCapability): (title: string, test: () => Promise<void>) => void {
    const reason = this.#harness.lacks?.[capability];
    return (title, test) =>
      it(`${title}${reason === undefined ? "" : ` (${reason})`}`, ({ skip }) =>
        reason === undefined ? test() : skip(reason));
  }

  /** Opens a WebSocket; returns both sides. */
  async open(): Promise<{ ear: RecordingListener; port: WebSocketPort; peer: ClientWebSocket }> {
    const attempt = this.client.webSocket(`${PATH}?a=1`);
    const exchange = await this.desk.upgrades.next();
    const ear = new RecordingListener();
    const port = new Promise<WebSocketPort>((resolve) => {
      exchange.accept({}, (opened) => {
        resolve(opened);
        return ear;
      });
    });
    const result = await attempt;
    if (result.kind !== "open") throw new Error(`not opened: ${result.kind}`);
    return { ear, port: await port, peer: result.webSocket };
  }

  /** Makes one more request, so that earlier output of the server was received. */
  async roundTrip(): Promise<void> {
    const { desk } = this;
    desk.atOnce = undefined;
    const { response } = this.client.request({ path: PATH });
    (await desk.requests.next()).respond({ status: 200 });
    await response;
  }

  get #current(): { readonly started: RunningHost; readonly desk: Desk } {
    if (this.#running === undefined) throw new Error("no test runs");
    return this.#running;
  }
}
