import type { IncomingMessage } from "node:http";
import { CHANNELS, type DropCause, type EngineDiagnostics, type RefusedCode } from "./channels.ts";
import type { Connection } from "../connection.ts";
import { EngineError, type EngineErrorCode, rootOf } from "../errors.ts";
import type { CloseReason, CloseStatus } from "../protocol/close-status.ts";
import type { Message, OutgoingPacket, ReceivedPacket } from "../protocol/packet.ts";
import { payloadSize } from "../protocol/payload-size.ts";
import type { TransportName } from "../transport/transport.ts";

/**
 * Counts since the engine was created; `sessions` are those open now. Plain values, safe to
 * serialise.
 */
export interface EngineCounters {
  readonly sessions: Readonly<Record<TransportName, number>>;
  readonly opened: number;
  readonly closed: Readonly<Record<CloseReason, number>>;
  /**
   * Sessions that ended with an error, whatever their reason, by the code of the error at the root
   * of its causes.
   */
  readonly errors: Readonly<Partial<Record<EngineErrorCode, number>>>;
  readonly upgrades: number;
  /** Upgrades to another transport that failed; their sessions continued. */
  readonly failedUpgrades: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  /** Payload only: bytes of binary data, UTF-16 units of text. */
  readonly bytesIn: number;
  /** Counted as `bytesIn`, before compression and framing. */
  readonly bytesOut: number;
  /** Requests that were answered with an error. */
  readonly refused: Readonly<Partial<Record<RefusedCode, number>>>;
  /** Messages that were dropped. */
  readonly dropped: Readonly<Record<DropCause, number>>;
}

function increment<Key extends string>(counts: Partial<Record<Key, number>>, key: Key): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/**
 * Counts the events of an engine for `counters()` and publishes them on the diagnostics channels. A
 * count is one addition; a message is built only when its channel has subscribers.
 */
export class Counters {
  readonly #sessions: Record<TransportName, number> = { polling: 0, websocket: 0, webtransport: 0 };
  readonly #closed: Record<CloseReason, number> = {
    "transport close": 0,
    "transport error": 0,
    "parse error": 0,
    "ping timeout": 0,
    "forced close": 0,
  };
  readonly #errors: Partial<Record<EngineErrorCode, number>> = {};
  readonly #refused: Partial<Record<RefusedCode, number>> = {};
  readonly #dropped: Record<DropCause, number> = { closed: 0, "outbox-full": 0 };
  #opened = 0;
  #upgrades = 0;
  #failedUpgrades = 0;
  #packetsIn = 0;
  #packetsOut = 0;
  #bytesIn = 0;
  #bytesOut = 0;

  counters(): EngineCounters {
    return {
      sessions: { ...this.#sessions },
      opened: this.#opened,
      closed: { ...this.#closed },
      errors: { ...this.#errors },
      upgrades: this.#upgrades,
      failedUpgrades: this.#failedUpgrades,
      packetsIn: this.#packetsIn,
      packetsOut: this.#packetsOut,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      refused: { ...this.#refused },
      dropped: { ...this.#dropped },
    };
  }

  opened(connection: Connection, transport: TransportName): void {
    this.#opened += 1;
    this.#sessions[transport] += 1;
    if (!CHANNELS.sessionOpen.hasSubscribers) return;
    CHANNELS.sessionOpen.publish({ connection } satisfies EngineDiagnostics["skein:engine:session-open"]);
  }

  closed(connection: Connection, transport: TransportName, reason: CloseReason, cause: unknown): void {
    this.#sessions[transport] -= 1;
    this.#closed[reason] += 1;
    if (cause instanceof EngineError) increment(this.#errors, rootOf(cause).code);
    if (!CHANNELS.sessionClose.hasSubscribers) return;
    const message: EngineDiagnostics["skein:engine:session-close"] = { connection, reason, cause };
    CHANNELS.sessionClose.publish(message);
  }

  upgraded(connection: Connection, from: TransportName, to: TransportName): void {
    this.#upgrades += 1;
    this.#sessions[from] -= 1;
    this.#sessions[to] += 1;
    if (!CHANNELS.upgrade.hasSubscribers) return;
    CHANNELS.upgrade.publish({ connection, from, to } satisfies EngineDiagnostics["skein:engine:upgrade"]);
  }

  upgradeFailed(connection: Connection, status: CloseStatus | undefined): void {
    this.#failedUpgrades += 1;
    if (!CHANNELS.upgradeFailed.hasSubscribers) return;
    const message: EngineDiagnostics["skein:engine:upgrade-failed"] = { connection, status };
    CHANNELS.upgradeFailed.publish(message);
  }

  received(connection: Connection, packet: ReceivedPacket): void {
    const { data } = packet;
    this.#packetsIn += 1;
    if (data !== undefined) this.#bytesIn += data.length;
    if (!CHANNELS.packetIn.hasSubscribers) return;
    CHANNELS.packetIn.publish({ connection, packet } satisfies EngineDiagnostics["skein:engine:packet-in"]);
  }

  sent(connection: Connection, batch: readonly OutgoingPacket[]): void {
    this.#packetsOut += batch.length;
    for (const packet of batch) this.#bytesOut += payloadSize(packet.data);
    if (!CHANNELS.packetOut.hasSubscribers) return;
    for (const packet of batch) {
      const message: EngineDiagnostics["skein:engine:packet-out"] = { connection, packet };
      CHANNELS.packetOut.publish(message);
    }
  }

  dropped(connection: Connection, message: Message, cause: DropCause): void {
    this.#dropped[cause] += 1;
    if (!CHANNELS.dropped.hasSubscribers) return;
    CHANNELS.dropped.publish({
      connection,
      message,
      cause,
    } satisfies EngineDiagnostics["skein:engine:dropped"]);
  }

  refused(
    request: IncomingMessage | null,
    code: RefusedCode,
    context: Readonly<Record<string, unknown>>,
  ): void {
    increment(this.#refused, code);
    if (!CHANNELS.refused.hasSubscribers) return;
    CHANNELS.refused.publish({ request, code, context } satisfies EngineDiagnostics["skein:engine:refused"]);
  }
}
