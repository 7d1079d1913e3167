import { channel } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import type { RefusalCode } from "../refusal.ts";
import type { Connection } from "../connection.ts";
import type { CloseReason, CloseStatus } from "../protocol/close-status.ts";
import type { Message, OutgoingPacket, ReceivedPacket } from "../protocol/packet.ts";
import type { TransportName } from "../transport/transport.ts";

/** Why a message that an application sent was not taken: its session has ended or is about to, or too much waits already. */
export type DropCause = "closed" | "outbox-full";

/** What was refused without ending a session, and before one was opened. */
export type RefusedCode = RefusalCode | "PAYLOAD_TOO_LARGE";

/** The channels of `node:diagnostics_channel` that an engine publishes on, and what a subscriber of each is given. */
export interface EngineDiagnostics {
  "skein:engine:session-open": { readonly connection: Connection };
  "skein:engine:session-close": {
    readonly connection: Connection;
    readonly reason: CloseReason;
    /** An `EngineError` wherever the engine knows more than the reason. */
    readonly cause: unknown;
  };
  "skein:engine:upgrade": {
    readonly connection: Connection;
    readonly from: TransportName;
    readonly to: TransportName;
  };
  /** A second transport was given up, and the session goes on. */
  "skein:engine:upgrade-failed": {
    readonly connection: Connection;
    /** What the second transport was told; undefined if it had left by itself. */
    readonly status: CloseStatus | undefined;
  };
  "skein:engine:refused": {
    /** Null on WebTransport. */
    readonly request: IncomingMessage | null;
    readonly code: RefusedCode;
    /** Says more about `code`. May hold the client's own words. */
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

/** Publishing is worth its arguments only where `hasSubscribers` is true. */
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
