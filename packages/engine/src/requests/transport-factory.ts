import type { OutgoingHttpHeaders } from "node:http";
import type { Clock } from "../time/clock.ts";
import type { HostRequest, WebSocketPort } from "../host/host.ts";
import type { Counters } from "../diagnostics/counters.ts";
import type { HttpCompressionOptions, ResolvedOptions } from "../options.ts";
import { type Codec, codecFor } from "../protocol/codec/codec.ts";
import { jsonpCodec } from "../protocol/codec/jsonp.ts";
import type { Revision } from "../protocol/packet.ts";
import type { Parameters } from "../http/query.ts";
import { exposedRequest } from "../http/request-query.ts";
import { PollingTransport } from "../transport/polling.ts";
import type { PollingSettings } from "../transport/polling-settings.ts";
import { WebSocketTransport } from "../transport/websocket.ts";

/** What transports need of their engine. */
export interface TransportFactoryContext {
  readonly options: ResolvedOptions;
  readonly counters: Counters;
  onHeaders(headers: OutgoingHttpHeaders, request: HostRequest, initial: boolean): void;
}

function isBase64Only(parameters: Parameters): boolean {
  return parameters.b64 !== undefined && parameters.b64 !== "";
}

/**
 * Returns the encoding of a polling session. JSONP, for old browsers, is chosen by the first
 * request for all.
 */
function pollingCodec(parameters: Parameters, revision: Revision): Codec {
  const { j: index } = parameters;
  return index === undefined ? codecFor(revision) : jsonpCodec(codecFor(revision), index);
}

/** The settings of all long-polling sessions of an engine; options are read on use. */
export class SharedPollingSettings implements PollingSettings {
  readonly clock: Clock;
  readonly #context: TransportFactoryContext;

  constructor(owner: TransportFactoryContext, clock: Clock) {
    this.#context = owner;
    this.clock = clock;
  }

  get maxHttpBufferSize(): number {
    return this.#context.options.maxHttpBufferSize;
  }

  get maxPacketsPerPayload(): number {
    return this.#context.options.maxPacketsPerPayload;
  }

  get bodyTimeout(): number {
    return this.#context.options.bodyTimeout;
  }

  get httpCompression(): boolean | HttpCompressionOptions {
    return this.#context.options.httpCompression;
  }

  onHeaders(headers: OutgoingHttpHeaders, request: HostRequest, initial: boolean): void {
    this.#context.onHeaders(headers, request, initial);
  }

  onTooLarge(request: HostRequest): void {
    this.#context.counters.refused(exposedRequest(request), "PAYLOAD_TOO_LARGE", {});
  }
}

/** Creates the polling transport for a request. */
export function pollingTransport(
  parameters: Parameters,
  revision: Revision,
  initialHeaders: OutgoingHttpHeaders,
  settings: PollingSettings,
): PollingTransport {
  return new PollingTransport(
    pollingCodec(parameters, revision),
    settings,
    isBase64Only(parameters),
    initialHeaders,
  );
}

/** Creates the WebSocket transport for a request. */
export function webSocketTransport(
  port: WebSocketPort,
  parameters: Parameters,
  revision: Revision,
): WebSocketTransport {
  return new WebSocketTransport(codecFor(revision), port, isBase64Only(parameters));
}

/** Returns the headers of a 101. */
export function upgradeHeaders(
  request: HostRequest,
  initial: boolean,
  owner: TransportFactoryContext,
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  owner.onHeaders(headers, request, initial);
  return headers;
}
