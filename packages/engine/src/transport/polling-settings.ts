import type { OutgoingHttpHeaders } from "node:http";
import type { Clock } from "../time/clock.ts";
import type { HostRequest } from "../host/host.ts";
import type { HttpCompressionOptions } from "../options.ts";

/** The settings that all long-polling transports of an engine share. */
export interface PollingSettings {
  readonly maxHttpBufferSize: number;
  readonly maxPacketsPerPayload: number;
  /** Milliseconds within which a body must be complete; 0 for no limit. */
  readonly bodyTimeout: number;
  readonly clock: Clock;
  readonly httpCompression: boolean | HttpCompressionOptions;
  /**
   * Lets users change the headers of a 200 response; `initial` marks the response that opens the
   * session.
   */
  onHeaders(headers: OutgoingHttpHeaders, request: HostRequest, initial: boolean): void;
  /** A body was refused for its size; the session continues. */
  onTooLarge(request: HostRequest): void;
}
