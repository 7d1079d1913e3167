import type { OutgoingHttpHeaders } from "node:http";
import type { HostRequest, WebSocketPort } from "./host/host.ts";
import type { Journal } from "./journal.ts";
import type { ResolvedOptions } from "./options.ts";
import { type Codec, codecFor } from "./protocol/codec.ts";
import { jsonpCodec } from "./protocol/jsonp.ts";
import type { Revision } from "./protocol/packet.ts";
import type { Query } from "./query.ts";
import { shownRequest } from "./request-query.ts";
import { PollingTransport } from "./transport/polling.ts";
import { WebSocketTransport } from "./transport/websocket.ts";

/** What wires take from the engine they belong to. */
export interface WireOwner {
  readonly options: ResolvedOptions;
  readonly journal: Journal;
  onHeaders(headers: OutgoingHttpHeaders, request: HostRequest, initial: boolean): void;
}

function isBase64Only(query: Query): boolean {
  return query["b64"] !== undefined && query["b64"] !== "";
}

/** How a polling session writes: for old browsers as scripts, which the first request decides for all. */
function pollingCodec(query: Query, revision: Revision): Codec {
  const { j: index } = query;
  return index === undefined ? codecFor(revision) : jsonpCodec(codecFor(revision), index);
}

/** The polling wire that a request asks for. */
export function pollingTransport(
  query: Query,
  revision: Revision,
  initialHeaders: OutgoingHttpHeaders,
  owner: WireOwner,
): PollingTransport {
  const { maxHttpBufferSize, maxPacketsPerPayload, httpCompression } = owner.options;
  const settings = {
    maxHttpBufferSize,
    maxPacketsPerPayload,
    httpCompression,
    onHeaders: (headers: OutgoingHttpHeaders, request: HostRequest, initial: boolean) =>
      owner.onHeaders(headers, request, initial),
    onTooLarge: (request: HostRequest) =>
      owner.journal.refused(shownRequest(request), "PAYLOAD_TOO_LARGE", {}),
  };
  return new PollingTransport(pollingCodec(query, revision), settings, isBase64Only(query), initialHeaders);
}

/** The WebSocket wire that a request asks for. */
export function webSocketTransport(
  port: WebSocketPort,
  query: Query,
  revision: Revision,
): WebSocketTransport {
  return new WebSocketTransport(codecFor(revision), port, isBase64Only(query));
}

/** The headers of a 101. */
export function upgradeHeaders(
  request: HostRequest,
  initial: boolean,
  owner: WireOwner,
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  owner.onHeaders(headers, request, initial);
  return headers;
}
