import type { AdapterFactory } from "@skein/adapter";
import type { PacketEncoder } from "@skein/parser";
import type { AckTerms } from "../broadcast/pending-acks.ts";
import type { RecoveryOptions } from "../api.ts";
import type { ErrorReport } from "../application/error-reports.ts";
import type { TopicBacklog } from "../broadcast/topics/topic-backlog.ts";

/** Context of a namespace, provided by the server. */
export interface NamespaceContext {
  /** Maximum length (UTF-16 units) of the name of a namespace still to be created. */
  readonly maxNamespaceLength: number;
  /** The application's `Server`. */
  readonly server: object;
  readonly encoder: PacketEncoder;
  readonly recovery: Required<RecoveryOptions> | undefined;
  readonly topics: TopicBacklog;
  readonly acks: AckTerms;
  /** Creates an adapter of the kind that is chosen now. */
  readonly makeAdapter: AdapterFactory;
  report(report: ErrorReport): void;
  /** Called when the last socket has left and no join is pending. */
  onEmpty(name: string): void;
}
