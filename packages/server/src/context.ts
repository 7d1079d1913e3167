import type { Adapter, LocalSockets } from "@skein/adapter";
import type { PacketDecoder, PacketEncoder } from "@skein/parser";
import type { AckTerms } from "./acks.ts";
import type { PacketPartsEncoder } from "./compat/foreign-parser.ts";
import type { ErrorReport } from "./error-reports.ts";
import type { Directory } from "./joining.ts";
import type { RecoveryOptions } from "./recovery.ts";
import type { TopicTraffic } from "./topic-delivery-traffic.ts";
import type { Waits } from "./waits.ts";

/** What a namespace needs of the server that it belongs to. */
export interface NamespaceContext {
  /** Longest name of a namespace that is not there yet, in UTF-16 units. */
  readonly maxNamespaceLength: number;
  /** The server, as the application knows it. */
  readonly server: object;
  readonly encoder: PacketEncoder;
  readonly recovery: Required<RecoveryOptions> | undefined;
  readonly topics: TopicTraffic;
  readonly acks: AckTerms;
  makeAdapter(local: LocalSockets): Adapter;
  report(report: ErrorReport): void;
  /** The last socket has left, and nobody is about to join. */
  emptied(name: string): void;
}

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
