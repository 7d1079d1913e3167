import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Alarm } from "../../../time/clock.ts";

/** The requests of one path on an HTTP server, and the engine that gets them. */
export interface Claim {
  /** Normalised: see `HostOptions.path`. */
  readonly path: string;
  /** The name of the engine in error messages. */
  readonly owner: string;
  /** Whether the engine accepts upgrades. */
  readonly webSocket: boolean;
  /** Milliseconds after which an unclaimed upgrade is ended; undefined leaves it alone. */
  readonly destroyUpgradeTimeout: number | undefined;
  /** True while another claim may replace this one. */
  readonly retired: boolean;
  onRequest(request: IncomingMessage, response: ServerResponse): void;
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Schedules an alarm. */
  later(alarm: Alarm, milliseconds: number): void;
}

export type RequestListener = (this: unknown, request: IncomingMessage, response: ServerResponse) => void;

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** The members that the host uses of a server of `node:http`, `node:https` or `node:http2`. */
export interface NodeServer {
  listeners(event: "request"): readonly unknown[];
  rawListeners(event: "request" | "upgrade"): readonly unknown[];
  removeAllListeners(event: "request"): unknown;
  on(event: "request", listener: RequestListener): unknown;
  on(event: "upgrade", listener: UpgradeListener): unknown;
  on(event: "close", listener: () => void): unknown;
  off(event: "request", listener: RequestListener): unknown;
  off(event: "upgrade", listener: UpgradeListener): unknown;
  off(event: "close", listener: () => void): unknown;
}
