import type { Adapter, LocalSockets } from "@skein/adapter";
import type { PacketEncoder } from "@skein/parser";
import type { AckTerms } from "../broadcast/pending-acks.ts";
import type { RecoveryOptions } from "../api.ts";
import type { ErrorReport } from "../application/error-reports.ts";
import type { TopicBacklog } from "../broadcast/topics/topic-backlog.ts";

/** What a namespace needs of the server that it belongs to. */
export interface NamespaceContext {
  /** Longest name of a namespace that is not there yet, in UTF-16 units. */
  readonly maxNamespaceLength: number;
  /** The server, as the application knows it. */
  readonly server: object;
  readonly encoder: PacketEncoder;
  readonly recovery: Required<RecoveryOptions> | undefined;
  readonly topics: TopicBacklog;
  readonly acks: AckTerms;
  makeAdapter(local: LocalSockets): Adapter;
  report(report: ErrorReport): void;
  /** The last socket has left, and nobody is about to join. */
  onEmpty(name: string): void;
}
