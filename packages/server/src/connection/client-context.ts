import type { PacketDecoder } from "@skein/parser";
import type { PacketPartsEncoder } from "../compat/foreign-parser.ts";
import type { Directory } from "./namespace-join.ts";
import type { TopicTraffic } from "../broadcast/topics/topic-backlog.ts";
import type { Waits } from "./deadlines.ts";

/** What a client needs of the server. */
export interface ClientContext {
  readonly directory: Directory;
  readonly encoder: PacketPartsEncoder;
  readonly maxNamespaces: number;
  /** Longest name of a namespace that clients may have made, in UTF-16 units. */
  readonly maxNamespaceLength: number;
  readonly topics: TopicTraffic;
  /** For what ends early as a rule. */
  readonly waits: Waits;
  /** Milliseconds. */
  readonly attachmentTimeout: number;
  /** Milliseconds, as it is set now. */
  connectTimeout(): number;
  newDecoder(): PacketDecoder;
}
