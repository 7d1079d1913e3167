import { type AdapterFactory, inMemoryAdapter, recoverableInMemoryAdapter } from "@skein/adapter";
import type { TopicBus } from "@skein/engine";
import {
  Decoder,
  type PacketDecoder,
  type PacketEncoder,
  type Parser,
  parser as defaultParser,
} from "@skein/parser";
import { wholePackets } from "../compat/foreign-parser.ts";
import {
  type AdapterChoice,
  adapterFactoryOf,
  type ThirdPartyAdapterContext,
} from "../compat/third-party-adapter.ts";
import type { ClientContext } from "../connection/client-context.ts";
import type { NamespaceContext } from "../namespace/namespace-context.ts";
import { ErrorReports, print, surface } from "../application/error-reports.ts";
import type { Namespace } from "../namespace/namespace.ts";
import { NamespaceRegistry } from "../namespace/namespace-registry.ts";
import { type ResolvedServerOptions, resolveServerOptions, type ServerOptions } from "../options.ts";
import { TopicBacklog } from "../broadcast/topics/topic-backlog.ts";
import { JoinDeadlines } from "../connection/deadlines.ts";

/** Maximum number of attachments of a packet in the default decoder. */
const MAX_ATTACHMENTS = 10;

function defaultAdapter({ recovery }: ResolvedServerOptions): AdapterFactory {
  if (recovery === undefined) return inMemoryAdapter();
  return recoverableInMemoryAdapter({ maxDisconnectionDuration: recovery.maxDisconnectionDuration });
}

/**
 * State shared by the namespaces and clients of a server; each gets a part of it as its context.
 */
export class ServerState {
  readonly settings: ResolvedServerOptions;
  readonly encoder: PacketEncoder;
  readonly errors: ErrorReports;
  readonly namespaces: NamespaceRegistry;
  /** Context of clients. */
  readonly clients: ClientContext;
  /** Current timeout (ms) for joining a namespace. */
  connectTimeout: number;
  readonly #topics = new TopicBacklog();
  readonly #parser: Parser;
  #adapterChoice: AdapterChoice;
  /** Maximum message size (bytes) over all engines. */
  #largestMessage = 1_000_000;

  /** `server` is exposed by the namespaces. */
  constructor(options: ServerOptions, server: object) {
    this.settings = resolveServerOptions(options);
    this.errors = new ErrorReports(this.settings.strict ? surface : print);
    this.connectTimeout = this.settings.connectTimeout;
    this.#parser = this.settings.parser ?? defaultParser;
    this.encoder = new this.#parser.Encoder();
    this.#adapterChoice = options.adapter || defaultAdapter(this.settings);
    this.namespaces = new NamespaceRegistry(this.#contextOfNamespaces(server), (created) =>
      this.#announce(created),
    );
    this.clients = this.#contextOfClients();
  }

  get adapterChoice(): AdapterChoice {
    return this.#adapterChoice;
  }

  /** Replaces the adapter of every namespace. Throws `INVALID_OPTION` if none is created. */
  chooseAdapter(choice: AdapterChoice): void {
    const former = this.#adapterChoice;
    this.#adapterChoice = choice;
    try {
      for (const namespace of this.namespaces.byName.values()) namespace.renewAdapter();
    } catch (error) {
      this.#adapterChoice = former;
      throw error;
    }
  }

  /** Raises the maximum message size to `bytes`. */
  expectMessagesOf(bytes: number): void {
    this.#largestMessage = Math.max(this.#largestMessage, bytes);
  }

  /** Enables native publishing through a host. */
  publishNatively(bus: TopicBus): void {
    this.#topics.enable(bus);
    for (const namespace of this.namespaces.byName.values()) namespace.useTopics();
  }

  #contextOfNamespaces(server: object): NamespaceContext {
    const { recovery, cleanupEmptyChildNamespaces, maxNamespaceLength } = this.settings;
    const host: ThirdPartyAdapterContext = {
      encoder: this.encoder,
      opts: { connectionStateRecovery: recovery },
      failed: (namespace, failure) => this.errors.report({ source: "adapter", namespace, ...failure }),
    };
    return {
      server,
      encoder: this.encoder,
      maxNamespaceLength,
      recovery,
      acks: this.settings.acks,
      topics: this.#topics,
      makeAdapter: (local) => adapterFactoryOf(this.#adapterChoice, host)(local),
      report: (report) => this.errors.report(report),
      onEmpty: (name) => {
        if (cleanupEmptyChildNamespaces) this.namespaces.release(name);
      },
    };
  }

  #contextOfClients(): ClientContext {
    return {
      namespaces: this.namespaces,
      encoder: wholePackets(this.encoder),
      maxNamespaces: this.settings.maxNamespaces,
      maxNamespaceLength: this.settings.maxNamespaceLength,
      topics: this.#topics,
      deadlines: new JoinDeadlines(),
      connectTimeout: () => this.connectTimeout,
      attachmentTimeout: this.settings.attachmentTimeout,
      newDecoder: () => this.#newDecoder(),
    };
  }

  /**
   * Creates a decoder. The default one allows each attachment the maximum message size of the
   * engines.
   */
  #newDecoder(): PacketDecoder {
    if (this.#parser.Decoder !== Decoder) return new this.#parser.Decoder();
    return new Decoder({ maxAttachmentBytes: MAX_ATTACHMENTS * this.#largestMessage });
  }

  #announce(created: Namespace): void {
    this.namespaces.of("/").raiseEvent(["new_namespace", created]);
  }
}
