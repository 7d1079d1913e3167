import type {
  Host,
  HostHandler,
  HostOptions,
  HostRequest,
  HostResponse,
  PreparedMessage,
  TopicBus,
  UpgradeExchange,
  WebSocketListener,
  WebSocketPort,
} from "@skein/engine";
import type { OutgoingHttpHeaders } from "node:http";
import type {
  ClientRequest,
  ClientResponse,
  HostClient,
  PendingRequest,
  WebSocketAttempt,
} from "../clients/host-client.ts";
import { MemoryExchange, memoryRequest } from "./memory-exchange.ts";
import { MemoryResponse } from "./memory-response.ts";
import { MemoryWebSocket } from "./memory-websocket.ts";

/** One upgrade request in memory. */
class MemoryUpgrade implements UpgradeExchange {
  readonly request: HostRequest;
  readonly outgoing: MemoryResponse;
  readonly attempt: Promise<WebSocketAttempt>;
  readonly #maxPayload: number;
  #settle: (attempt: WebSocketAttempt) => void = () => {};
  #settled = false;

  constructor(spec: ClientRequest, maxPayload: number) {
    this.#maxPayload = maxPayload;
    this.request = memoryRequest(spec);
    this.attempt = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.outgoing = new MemoryResponse(this.request.incoming, (response) => this.#refused(response));
  }

  get ended(): boolean {
    return this.#settled;
  }

  accept(headers: OutgoingHttpHeaders, opened: (port: WebSocketPort) => WebSocketListener): void {
    if (this.#settled) return;
    this.#settled = true;
    this.outgoing.setAll(headers);
    const webSocket = new MemoryWebSocket(
      this.#maxPayload,
      this.outgoing.getHeaders() as ClientResponse["headers"],
    );
    webSocket.attach(opened(webSocket));
    this.#settle({ kind: "open", webSocket: webSocket.client });
  }

  refuse(response: HostResponse): void {
    if (!this.#settled) this.outgoing.writeHead(response.status, response.headers).end(response.body);
  }

  destroy(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle({ kind: "dropped" });
  }

  #refused(response: ClientResponse): void {
    this.#settled = true;
    this.#settle({ kind: "refused", response });
  }
}

class MemoryTopics implements TopicBus {
  readonly maxLag = Infinity;
  readonly #subscribers = new Map<string, Set<WebSocketPort>>();

  subscribe(port: WebSocketPort, topic: string): void {
    const subscribers = this.#subscribers.get(topic) ?? new Set();
    this.#subscribers.set(topic, subscribers.add(port));
  }

  unsubscribe(port: WebSocketPort, topic: string): void {
    this.#subscribers.get(topic)?.delete(port);
  }

  publish(topic: string, messages: readonly PreparedMessage[]): void {
    for (const port of this.#subscribers.get(topic) ?? []) port.send(messages, false);
  }
}

/** A host without a network: requests and WebSockets of its `client` reach the engine in memory. */
export class MemoryHost implements Host {
  readonly topics: TopicBus = new MemoryTopics();
  readonly client: HostClient = {
    request: (spec) => this.#request(spec),
    webSocket: (path, headers = {}) => this.#upgrade({ path, headers }),
  };
  #serving: { handler: HostHandler; options: HostOptions } | undefined;

  serve(handler: HostHandler, options: HostOptions): void {
    this.#serving = { handler, options };
  }

  /** Does nothing: no other host shares the memory. */
  retire(): void {}

  close(): void {
    this.#serving = undefined;
  }

  #servingFor(path: string): { handler: HostHandler; options: HostOptions } | undefined {
    const serving = this.#serving;
    return serving !== undefined && path.startsWith(serving.options.path) ? serving : undefined;
  }

  #request(spec: ClientRequest): PendingRequest {
    const exchange = new MemoryExchange(spec);
    const serving = this.#servingFor(spec.path);
    if (serving === undefined) exchange.respond({ status: 404, body: "elsewhere" });
    else queueMicrotask(() => serving.handler.onRequest(exchange));
    return { response: exchange.response, abort: () => exchange.abort() };
  }

  #upgrade(spec: ClientRequest): Promise<WebSocketAttempt> {
    const serving = this.#servingFor(spec.path);
    if (serving === undefined || !serving.options.webSocket) return Promise.resolve({ kind: "dropped" });
    const exchange = new MemoryUpgrade(spec, serving.options.maxPayload);
    queueMicrotask(() => serving.handler.onUpgrade(exchange));
    return exchange.attempt;
  }
}
