import type { PacketDecoder } from "@skein/parser";
import type { PacketPartsEncoder } from "../compat/foreign-parser.ts";
import type { NamespaceResolver } from "./namespace-join.ts";
import type { TopicBacklog } from "../broadcast/topics/topic-backlog.ts";
import type { JoinDeadlines } from "./deadlines.ts";

/** Context of a client, provided by the server. */
export interface ClientContext {
  readonly namespaces: NamespaceResolver;
  readonly encoder: PacketPartsEncoder;
  readonly maxNamespaces: number;
  /**
   * Maximum length (UTF-16 units) of the name of a namespace that a client may cause to be created.
   */
  readonly maxNamespaceLength: number;
  readonly topics: TopicBacklog;
  /** Deadlines that are usually cancelled. */
  readonly deadlines: JoinDeadlines;
  /** Timeout (ms) for all attachments of a packet. */
  readonly attachmentTimeout: number;
  /** Current timeout (ms) for joining a namespace. */
  connectTimeout(): number;
  newDecoder(): PacketDecoder;
}
