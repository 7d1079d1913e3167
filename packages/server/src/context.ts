import type { Adapter, LocalSockets } from "@skein/adapter";
import type { PacketEncoder } from "@skein/parser";
import type { ErrorReport } from "./error-reports.ts";
import type { TopicTraffic } from "./topic-delivery-traffic.ts";

/** How a client that lost its connection can come back as the same one (socketio-protocol, "Connection state recovery"). */
export interface RecoveryOptions {
  /** How long sessions and events are kept, in milliseconds. Default: 120000. */
  maxDisconnectionDuration?: number;
  /** Whether a recovered socket goes past the middlewares. Default: true. */
  skipMiddlewares?: boolean;
}

/** What a namespace needs of the server that it belongs to. */
export interface NamespaceContext {
  readonly encoder: PacketEncoder;
  readonly recovery: Required<RecoveryOptions> | undefined;
  readonly topics: TopicTraffic;
  makeAdapter(local: LocalSockets): Adapter;
  report(report: ErrorReport): void;
  /** The last socket has left, and nobody is about to join. */
  emptied(name: string): void;
}
