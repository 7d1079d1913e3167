import type { PacketDecoder } from "@skein/parser";
import type { PacketPartsEncoder } from "../compat/foreign-parser.ts";
import type { NamespaceResolver } from "./namespace-join.ts";
import type { TopicBacklog } from "../broadcast/topics/topic-backlog.ts";
import type { JoinDeadlines } from "./deadlines.ts";

/** What a client needs of the server. */
export interface ClientContext {
  readonly namespaces: NamespaceResolver;
  readonly encoder: PacketPartsEncoder;
  readonly maxNamespaces: number;
  /** Longest name of a namespace that clients may have made, in UTF-16 units. */
  readonly maxNamespaceLength: number;
  readonly topics: TopicBacklog;
  /** For what ends early as a rule. */
  readonly deadlines: JoinDeadlines;
  /** Milliseconds. */
  readonly attachmentTimeout: number;
  /** Milliseconds, as it is set now. */
  connectTimeout(): number;
  newDecoder(): PacketDecoder;
}
