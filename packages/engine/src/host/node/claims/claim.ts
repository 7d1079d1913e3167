import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Alarm } from "../../../time/clock.ts";

/** The requests of one path on an HTTP server, and the engine that they go to. */
export interface Claim {
  /** Normalised: see `HostOptions.path`. */
  readonly path: string;
  /** What errors call the engine. */
  readonly owner: string;
  /** Whether the engine takes upgrades. */
  readonly webSocket: boolean;
  /** Milliseconds after which an upgrade that nothing has taken is ended; undefined leaves it alone. */
  readonly destroyUpgradeTimeout: number | undefined;
  /** True while another claim may take the place of this one. */
  readonly retired: boolean;
  onRequest(request: IncomingMessage, response: ServerResponse): void;
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Rings after so many milliseconds. */
  later(alarm: Alarm, milliseconds: number): void;
}

export type RequestListener = (this: unknown, request: IncomingMessage, response: ServerResponse) => void;

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** What the host needs of a server of `node:http`, `node:https` or `node:http2`. */
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
