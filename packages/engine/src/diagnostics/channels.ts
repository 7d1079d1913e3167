import { channel } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import type { RefusalCode } from "../refusal.ts";
import type { Connection } from "../connection.ts";
import type { CloseReason, CloseStatus } from "../protocol/close-status.ts";
import type { Message, OutgoingPacket, ReceivedPacket } from "../protocol/packet.ts";
import type { TransportName } from "../transport/transport.ts";

/**
 * Why a message of the application was dropped: its session is closing or closed, or the outbox is
 * full.
 */
export type DropCause = "closed" | "outbox-full";

/** Codes of refusals that end no session, and of refusals before a session is opened. */
export type RefusedCode = RefusalCode | "PAYLOAD_TOO_LARGE";

/**
 * The channels of `node:diagnostics_channel` that an engine publishes on, with the message of each.
 */
export interface EngineDiagnostics {
  "skein:engine:session-open": { readonly connection: Connection };
  "skein:engine:session-close": {
    readonly connection: Connection;
    readonly reason: CloseReason;
    /** An `EngineError` when the engine knows more than the reason. */
    readonly cause: unknown;
  };
  "skein:engine:upgrade": {
    readonly connection: Connection;
    readonly from: TransportName;
    readonly to: TransportName;
  };
  /** A second transport was closed; the session continues on its first. */
  "skein:engine:upgrade-failed": {
    readonly connection: Connection;
    /** The status that was sent to the second transport; undefined if the peer closed it. */
    readonly status: CloseStatus | undefined;
  };
  "skein:engine:refused": {
    /** Null on WebTransport. */
    readonly request: IncomingMessage | null;
    readonly code: RefusedCode;
    /** Details about `code`. May contain text chosen by the client. */
    readonly context: Readonly<Record<string, unknown>>;
  };
  /** A packet has arrived, before it is acted on. */
  "skein:engine:packet-in": { readonly connection: Connection; readonly packet: ReceivedPacket };
  /** A packet is about to be handed to the transport. */
  "skein:engine:packet-out": { readonly connection: Connection; readonly packet: OutgoingPacket };
  "skein:engine:dropped": {
    readonly connection: Connection;
    readonly message: Message;
    readonly cause: DropCause;
  };
}

export type EngineChannelName = keyof EngineDiagnostics;

/** The channels by name. Check `hasSubscribers` before building a message. */
export const CHANNELS = {
  sessionOpen: channel("skein:engine:session-open"),
  sessionClose: channel("skein:engine:session-close"),
  upgrade: channel("skein:engine:upgrade"),
  upgradeFailed: channel("skein:engine:upgrade-failed"),
  refused: channel("skein:engine:refused"),
  packetIn: channel("skein:engine:packet-in"),
  packetOut: channel("skein:engine:packet-out"),
  dropped: channel("skein:engine:dropped"),
} as const;
